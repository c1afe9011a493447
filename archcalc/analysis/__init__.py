"""What a network is: facts of each layer, quantities, receptive fields, connectivities."""
