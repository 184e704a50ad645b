"""Training of the shipped model. It imports nlidb; nlidb never imports it."""
