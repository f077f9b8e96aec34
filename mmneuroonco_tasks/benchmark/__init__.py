"""The benchmark: records, files on disk, scopes and pictures."""
