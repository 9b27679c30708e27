"""The authors' three networks, under their state_dict names."""
