"""What the network inside lucetvision sees in image files.

python examples/predict.py shoe.png shirt.jpg
python examples/predict.py --smoke            # on one of the embedded test images
"""

import argparse

import lucet
from lucetvision.datasets import FashionMNISTMini
from lucetvision.io import open_image
from lucetvision.models import LeNet_Weights, get_model


def main() -> None:
    parser = argparse.ArgumentParser(description="lucet prediction example")
    parser.add_argument("images", nargs="*", help="PNG or JPEG files")
    parser.add_argument("--smoke", action="store_true", help="use an embedded image, to see it run")
    args = parser.parse_args()

    if not args.images and not args.smoke:
        parser.error("expected image files, or --smoke")

    weights = LeNet_Weights.DEFAULT
    model = get_model("lenet", weights=weights).eval()
    preprocess = weights.transforms()
    try:
        images = {path: open_image(path) for path in args.images}
    except RuntimeError as problem:  # a file that is missing or no image
        parser.error(str(problem))
    if args.smoke:
        image, target = FashionMNISTMini(train=False)[0]
        images[f"embedded image 0 ({weights.meta['categories'][target]})"] = image

    for name, image in images.items():
        with lucet.no_grad():
            chances = model(preprocess(image).unsqueeze(0)).softmax(dim=1)[0]
        best = chances.argmax().item()
        print(f"{name}: {weights.meta['categories'][best]} {chances[best].item():.1%}")


if __name__ == "__main__":
    main()
