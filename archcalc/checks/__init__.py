"""What must hold of a network, and whether it does."""
