"""Pull requests that bring the benchmark into the frameworks themselves, made from the modules of this package."""
