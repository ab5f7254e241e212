"""What can be looked up: fields, codes, parameters, terms, and for every rule a conversation that can be run again."""
