"""German words of the trade in English: headers are often half German, half English.

Words that mean something else in English (`Art`, `Rest`) are left out.
"""

from __future__ import annotations

ENGLISH = {  # without umlauts: as `spelled` writes them
    **{"standort": "location", "ort": "location", "gebaeude": "building", "haus": "building"},
    **{"raum": "room", "raeume": "rooms", "zimmer": "room", "raumname": "room name"},
    **{"raumnummer": "room number", "bezeichnung": "label", "raumbezeichnung": "room label"},
    **{"raumart": "room type", "raumtyp": "room type", "kategorie": "category"},
    **{"raumkategorie": "room category", "preis": "price", "preise": "price"},
    **{
        "preiskategorie": "price category",
        "preisgruppe": "price group",
        "tarifgruppe": "rate group",
    },
    **{"beschreibung": "description", "kapazitaet": "capacity", "personen": "people"},
    **{"personenzahl": "number people", "plaetze": "seats", "sitzplaetze": "seats"},
    **{"reihenfolge": "sequence", "sortierung": "sorting", "etage": "floor", "stockwerk": "floor"},
    **{"geschoss": "floor", "bereich": "area", "gruppe": "group"},
    **{"sichtbar": "visible", "buchbar": "bookable", "archiviert": "archived"},
    **{"genehmigung": "approval", "freigabe": "approval", "bestaetigung": "confirmation"},
    **{"noetig": "needed", "erforderlich": "required", "moeglich": "possible"},
    **{"vorhanden": "available", "vorh": "available"},
    **{"dauer": "duration", "mindestdauer": "min duration", "hoechstdauer": "max duration"},
    **{"maximaldauer": "max duration", "buchung": "booking", "buchungen": "bookings"},
    **{"buchungsdauer": "booking duration", "mindestbuchungsdauer": "min booking duration"},
    **{
        "stornierung": "cancellation",
        "storno": "cancellation",
        "stornofrist": "cancellation notice",
    },
    **{"oeffnungszeiten": "opening hours", "buchungszeiten": "booking hours"},
    **{"klima": "climate control", "klimaanlage": "air conditioning", "heizung": "heating"},
    **{"tageslicht": "daylight", "telefon": "phone", "fernseher": "tv", "bildschirm": "screen"},
    **{"leinwand": "projection", "kaffee": "coffee", "tee": "tea", "verpflegung": "catering"},
    **{"getraenke": "drinks", "schallschutz": "soundproofing", "schalldicht": "soundproof"},
    **{"videokonferenz": "video conference", "bild": "picture", "foto": "photo"},
    **{"laengengrad": "longitude", "breitengrad": "latitude", "nur": "only", "ohne": "without"},
    **{"mitglieder": "members", "mit": "with", "und": "and", "fuer": "for", "pro": "per"},
    **{"besprechungsraum": "meeting room", "besprechungszimmer": "meeting room"},
    **{"konferenzraum": "conference room", "sitzungszimmer": "meeting room"},
    **{"seminarraum": "seminar room", "schulungsraum": "training room"},
    **{"arbeitsplatz": "workstation", "schreibtisch": "desk", "einzelbuero": "single office"},
    **{"buero": "office", "teambuero": "team office", "telefonzelle": "phone box"},
    **{
        "telefonbox": "phone box",
        "telefonkabine": "phone cabin",
        "veranstaltungsraum": "event room",
    },
    **{"kueche": "kitchen", "lager": "storage", "lagerraum": "storage room"},
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def in_english(word: str) -> list[str]:
    """Return the English words for a German one in lower case; any other word as it is."""
    return ENGLISH.get(word.translate(UMLAUTS), word).split()
