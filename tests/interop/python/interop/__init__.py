"""The app of the interop tests."""
