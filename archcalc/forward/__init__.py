"""The forward pass in NumPy: kernels written from the definition, and `verify`, which runs them."""
