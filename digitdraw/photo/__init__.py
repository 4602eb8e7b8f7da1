"""Reading the numbers of a photo: detect, group into lines, recognize, fuse."""
