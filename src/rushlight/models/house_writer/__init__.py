"""House writers: small Transformer language models trained on somebody's own screenplays.

They need the extra `learning` (torch, tokenizers, safetensors). Nothing here is imported until a writer is trained or
asked to write.
"""
