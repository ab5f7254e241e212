"""What we have seen, for elsewhere: text, and more formats as modules of their own."""
