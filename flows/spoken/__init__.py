"""How people say contact details, and how to say them back: parse(say(x)) gives x."""
