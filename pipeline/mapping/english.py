"""English words of the trade: which say nothing, which mean the same, how people shorten them.

Data only; no field of any entity is known here.
"""

from __future__ import annotations

from collections.abc import Mapping

# Words that say nothing of what a column holds, wherever they stand.
EMPTY = {
    *("a", "an", "the", "of", "for", "in", "on", "at", "to", "by", "with", "and", "or", "from"),
    *("is", "are", "be", "has", "have", "this", "its", "it", "our", "we", "any", "per", "that"),
    *("if", "s", "which", "what", "how", "many", "much", "up", "there", "you", "your", "their"),
}
SMALL = {"for", "in", "on", "at", "to", "by", "with", "from", "up"}  # of EMPTY, what turns a word
IDLE = EMPTY - SMALL
# Words that say little: what is left without them is compared too, with less confidence.
WEAK = {
    "type",
    "booking",
    "length",
    "time",
    "hour",
    "order",
    "group",
    "class",
    "only",
    "max",
    "min",
}
GENERIC = {
    *("room", "resource", "space", "unit", "item", "asset", "listing", "field", "column", "value"),
    *("available", "equipment", "equipped", "facility", "kit", "installed", "provided", "included"),
    *("present", "fitted", "inside", "onsite", "amenity", "feature", "name", "can", "does", "do"),
    *("allow", "allowed", "required", "require", "need", "needed", "set", "default", "current"),
    *("total", "number", "count", "option", "flag", "y", "n", "use", "limit", "must", "should"),
    *(
        "label",
        "after",
        "before",
        "between",
        "capable",
        "necessary",
        "ready",
        "enabled",
        "mode",
        "setting",
        "possible",
        "offered",
        "covered",
        "catalogue",
        "catalog",
    ),
}
KIN: dict[str, tuple[str, ...]] = {  # one word for many; plurals are settled before
    "min": ("minimum", "minimal", "shortest", "least", "minim"),
    "max": ("maximum", "maximal", "longest", "most", "maxim"),
    "booking": (
        "reservation",
        "rental",
        "hire",
        "reserve",
        "book",
        "rent",
        "stay",
        "let",
        "letting",
    ),
    "length": ("duration", "period", "span"),
    "cancel": (
        *("cancellation", "cancelation", "cancelling", "canceling", "cancelled", "canceled"),
        *("cxl", "canc", "cancell"),
    ),
    "approval": ("approve", "approved", "confirmation", "confirm", "confirmed", "approver"),
    "auto": ("automatic", "automatically", "instant", "instantly"),
    "phone": ("telephone", "tel"),
    "center": ("centre",),
    "percent": ("percentage", "pct", "%"),
    "picture": ("photo", "image", "photograph"),
    "url": ("link", "address", "href"),
    "people": ("person", "pax"),
    "number": ("no", "nr", "num", "qty", "quantity", "#"),
    "advance": ("ahead", "adv"),
    "multiple": ("multi", "several"),
    "overlap": ("overlapping",),
    "tv": ("television", "telly"),
    "type": ("kind",),
    "order": ("ordering",),
    "online": ("web", "website", "portal", "app", "internetpage"),
    "repeat": ("recurring", "recurrence", "repeating", "recurrent", "repetition", "series"),
    "customer": ("client",),
    "wifi": ("wlan",),
    "airconditioning": ("aircon", "airconditioned", "airco"),
    "soundproof": ("soundproofed", "soundproofing"),
    "fee": ("charge", "penalty"),
    "clean": ("cleaned", "cleaning", "cleanup"),
    "only": ("exclusive", "exclusively"),
    "call": ("called", "calling"),
    "show": ("shown", "showing"),
    "price": ("pricing", "cost", "rate"),
    "share": ("sharing", "shared"),
}
CANON = {word: name for name, words in KIN.items() for word in words}
COMPOUNDS: Mapping[tuple[str, str], str] = {  # two words that are one
    ("wi", "fi"): "wifi",
    ("air", "con"): "airconditioning",
    ("air", "conditioning"): "airconditioning",
    ("air", "conditioned"): "airconditioning",
    ("a", "c"): "ac",
    ("white", "board"): "whiteboard",
    ("flip", "chart"): "flipchart",
    ("lead", "time"): "notice",
    ("sound", "proof"): "soundproof",
    ("day", "light"): "daylight",
    ("floor", "area"): "floorarea",
    ("floor", "space"): "floorarea",
    ("video", "conference"): "videoconference",
    ("video", "conferencing"): "videoconference",
    ("board", "room"): "boardroom",
    ("class", "room"): "classroom",
    ("hot", "desk"): "hotdesk",
    ("co", "working"): "coworking",
    ("cut", "off"): "cutoff",
    ("sign", "off"): "approval",
    ("no", "of"): "number",
    ("on", "site"): "onsite",
    ("sort", "of"): "type",
    ("non", "member"): "nonmember",
}
SPELLED = {  # as people shorten words
    **{"rm": "room", "mtg": "meeting", "conf": "conference", "vid": "video", "seq": "sequence"},
    **{"desc": "description", "descr": "description", "cap": "capacity", "loc": "location"},
    **{"bldg": "building", "flr": "floor", "avail": "available", "equip": "equipment"},
    **{
        "cat": "category",
        "dur": "duration",
        "ppl": "people",
        "req": "required",
        "reqd": "required",
    },
    **{"proj": "projector", "lim": "limit", "grp": "group", "ext": "external", "amt": "amount"},
    **{
        "videoconf": "videoconference",
        "videoconferencing": "videoconference",
        "occ": "occupancy",
        "cam": "camera",
        "2": "two",
    },
}
NEGATIONS = {"no", "not", "non", "without", "never", "except", "hidden", "un", "hide", "exclude"}
