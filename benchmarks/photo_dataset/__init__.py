"""Generator of test photos of handwritten numbers, with exact labels.

`dataset` makes the photos. The steps, in order: `looks` chooses pen, paper, light and camera;
`texts` and `symbols` choose what is written; `writers` supplies the handwriting; `writing` places
it on the page; `ink`, `paper` and `camera` make the picture. `crops` makes clean pictures of one
number. `pages` writes tables, forms, sums and so on onto a `sheet` with `prints`. The generator
shares no image code with the generator of the training pages and does not know who reads the
photos. `python -m benchmarks.photo_dataset` writes photos to look at.
"""
