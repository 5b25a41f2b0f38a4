"""Whether people will be reached: intent, evidence, proof."""
