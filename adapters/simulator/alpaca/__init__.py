"""The vendor dialect of Alpaca: its paths, shapes and error bodies over the shared books."""
