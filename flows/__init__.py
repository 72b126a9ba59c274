"""The language of conversations: flows as data and a pure interpreter that walks them."""
