"""tox environments out of lockfiles, over the store of pyenvlaunch."""
