"""The proof of sharing: one layer as a convolution, unshared, and as a fully connected matrix."""
