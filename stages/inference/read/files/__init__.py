"""Opens what has several files or arrays: folders, zip archives, npy and npz files."""
