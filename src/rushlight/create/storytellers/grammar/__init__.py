"""The embedded storyteller: stories from grammars of structure and phrase, with an account of who knows what.

It needs no model and no source. It is formulaic, and says so: its use is to have something to argue with.
"""

from rushlight.create.storytellers.grammar.teller import GrammarStoryteller, load

__all__ = ["GrammarStoryteller", "load"]
