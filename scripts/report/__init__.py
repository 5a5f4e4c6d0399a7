"""What is known of a stack, as a document that people pass on."""
