"""The most frequent words of a text."""

N = 200

TEXT = """
The quick brown fox jumps over the lazy dog while the river runs past the mill. A miller grinds the corn that the
farmer brings, and the baker bakes bread of the flour, for the fox and the dog eat bread as well as the miller does.
Over the hill, past the river and the mill, a road leads to the town, where bread is sold and corn is bought.
"""


def main(n):
    for _ in range(n):
        counts = {}
        for line in TEXT.split("\n"):
            for word in line.split(" "):
                word = word.strip(".,").lower()
                if word:
                    counts[word] = counts.get(word, 0) + 1
        ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ranking[:3]
