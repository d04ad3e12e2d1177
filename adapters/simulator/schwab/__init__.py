"""The vendor dialect of Schwab: its login, paths, shapes and error bodies over the shared books."""
