"""Language versions for tests: neutral sentences, every one marked as an example in its own script or in Latin.

The words are those of the Universal Declaration's first article and plain counting words, not of any item in use.
"""

from __future__ import annotations

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import sealing, selectors, services
from kaogong.itembank.models import Item, ItemTranslation
from kaogong.itembank.rules.translations import Translated
from tests.support.cast import officer
from tests.support.itembank import NOW, approver, reviewer

SENTENCES = {
    "ug": "ھەممە ئادەم زانىدىنلا ئەركىن، ئىززەت-ھۆرمەت ۋە ھوقۇقتا باپباراۋەر بولۇپ تۇغۇلغان.",
    "mn-Mong": "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠲᠥᠷᠥᠵᠦ ᠮᠡᠨᠳᠡᠯᠡᠬᠦ ᠡᠷᠬᠡ ᠴᠢᠯᠥᠭᠡ ᠲᠡᠢ ᠪᠠᠢᠳᠠᠭ",
    "bo": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌།",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
}
WORDS = {"ug": ("بىر", "ئىككى", "ئۈچ", "تۆت"), "ko": ("하나", "둘", "셋", "넷")}


def translator(region: str = "32", name: str = "翻译阿老师") -> Actor:
    """Writes language versions."""
    return officer("itembank.write", region=region, name=name)


def sample(language: str = "ug", options: int = 4) -> Translated:
    """A language version with so many options; numbered in Latin letters where we are not sure of the words."""
    words = WORDS.get(language, ("a 1", "b 2", "c 3", "d 4"))
    return Translated(SENTENCES[language], tuple(words[:options]))


def make_translation(item: Item, language: str = "ug", said: Translated | None = None) -> ItemTranslation:
    """A translation as its translator left it."""
    options = len(options_of(item))
    return services.translate_item(
        actor=translator(), at=NOW, item_id=item.pk, language=language, said=said or sample(language, options)
    )


def options_of(item: Item) -> tuple[str, ...]:
    """The options of an item's newest version."""
    version = selectors.current_version(item)
    return sealing.open_item(version.content_sealed, version_id=version.pk).options


def make_approved_translation(item: Item, language: str = "ug") -> ItemTranslation:
    """A translation that went all the way, through four persons."""
    row = make_translation(item, language)
    services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
    services.proofread_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
    return services.approve_translation(actor=approver(), at=NOW, translation_id=row.pk)
