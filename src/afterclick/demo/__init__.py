"""A real shop and its shoppers. Both talk to Afterclick only over HTTP, like anyone's shop and anyone's customers."""
