"""Word lists of linking: words too ordinary to mean a value, words that open one, other spellings of one thing.

Lists only: ``names`` and ``linking`` decide what follows from them.
"""

from __future__ import annotations

STOP = frozenset(
    """a an the of in on at to for from by with without and or not no nor is are was were be been
    being am do does did have has had having it its it's they them their he she his her him you your
    we our us i me my this that these those there here what which who whom whose when where why how
    many much if then than so as all any each every some both either neither other another such only
    also just more most less least can could will would shall should may might must into onto over
    under between among about after before during through out up down off per via very too own same
    ? , . ; : ! ( ) ' " `` '' 's - s t""".split()
)
"""Words that name nothing by themselves."""
COMMON = frozenset(
    """show list find give return tell display get count name number average maximum minimum total
    sum highest lowest largest smallest biggest longest shortest greater larger smaller higher lower
    older younger oldest youngest latest earliest first last order sort ascending descending
    alphabetical different distinct together please what's least most common popular top long large
    small big high low old new full also details information value values id ids each contain start
    end begin called named letter word above below equal exactly one two three four five six seven
    eight nine ten hundred thousand million find compute respectively corresponding belong include
    including least recent recently ever located use using want know many time times year years day
    days month months date dates people person record records""".split()
)
"""Words of requests: seldom a value, though a name may hold them."""
OPENERS = frozenset(
    """named called titled in from of containing contain contains with letter letters word words
    substring string starting ending start starts end ends by at for to named is are as on about
    like than code id type status title prefix suffix keyword phrase""".split()
)
"""Words that a value often follows."""
NAMERS = frozenset(
    """named called titled containing contains contain mentioning mentions mention letter word
    substring string""".split()
)
"""Words that a value follows, whatever it looks like."""
PATTERN_OPENERS = frozenset(
    """with containing contains contain having has have mentioning mentions mention including
    includes include""".split()
)
"""Words that a part of a text follows, when the text's column comes next ("with love in the title")."""
TEXT_COLUMNS = frozenset(
    """name title description subject label comment note text summary headline caption address
    email""".split()
)
"""Nouns of columns whose texts people search by a part."""
SEXES = frozenset(
    """f m female male woman man women men girl boy lady gentleman ladies gentlemen guy gal other
    unknown u x n""".split()
)
"""Values of a column of sexes, and the words for them."""
JOINERS = frozenset("of the and & de la van von - . ' 's del du di y le".split())
"""Words inside a value of several capitalised words."""
BREAKS = frozenset("? ! ; : ( ) \" '' ``".split())
"""Marks that no value crosses."""
FLAGS = frozenset("y n yes no t f true false m male female 0 1 on off active inactive".split())
"""Values of columns that say yes or no."""

_ABBREVIATIONS = {
    "acct": ("account",),
    "addr": ("address",),
    "amt": ("amount",),
    "avg": ("average",),
    "cat": ("category",),
    "cert": ("certificate", "certification"),
    "cnt": ("count",),
    "cust": ("customer",),
    "dept": ("department",),
    "desc": ("description",),
    "dest": ("destination",),
    "dist": ("distance", "district"),
    "dob": ("birth",),
    "emp": ("employee",),
    "fname": ("first", "name"),
    "id": ("identifier",),
    "img": ("image",),
    "inv": ("invoice", "inventory"),
    "lang": ("language",),
    "lat": ("latitude",),
    "lname": ("last", "name"),
    "loc": ("location",),
    "long": ("longitude",),
    "lng": ("longitude",),
    "max": ("maximum",),
    "mfr": ("manufacturer",),
    "mgr": ("manager",),
    "min": ("minimum",),
    "nbr": ("number",),
    "no": ("number",),
    "num": ("number",),
    "org": ("organization", "organisation"),
    "phone": ("telephone",),
    "pop": ("population",),
    "pos": ("position",),
    "prod": ("product",),
    "prof": ("professor",),
    "pub": ("publication", "publisher"),
    "qty": ("quantity",),
    "ref": ("reference",),
    "sex": ("gender",),
    "std": ("standard",),
    "stu": ("student",),
    "tel": ("telephone",),
    "temp": ("temperature",),
    "univ": ("university",),
    "vol": ("volume",),
    "yr": ("year",),
}
"""Abbreviations in identifiers that no rule on letters finds, with the words they stand for."""

_ALIASES = (
    "female|f|woman|girl|women|lady|gal",
    "male|m|man|boy|men|gentleman|guy",
    "usa|us|united states|united states of america|america|american",
    "uk|united kingdom|great britain|britain|british|england|english",
    "france|french|fra|fr",
    "spain|spanish|spaniard|es|esp",
    "germany|german|de|ger|deu",
    "italy|italian|ita",
    "netherlands|dutch|holland|ned|nld",
    "ireland|irish",
    "switzerland|swiss",
    "greece|greek",
    "turkey|turkish",
    "sweden|swedish|swede|swe",
    "denmark|danish|dane|den",
    "finland|finnish",
    "norway|norwegian",
    "poland|polish|pol",
    "portugal|portuguese",
    "belgium|belgian",
    "czech republic|czech|czechia",
    "scotland|scottish",
    "wales|welsh",
    "russia|russian|russian federation|rus",
    "china|chinese|chn",
    "japan|japanese|jpn",
    "korea|korean|south korea",
    "thailand|thai",
    "philippines|filipino",
    "canada|canadian|can",
    "mexico|mexican|mex",
    "brazil|brazilian|bra",
    "argentina|argentine|argentinian",
    "peru|peruvian",
    "hungary|hungarian",
    "ukraine|ukrainian",
    "iraq|iraqi",
    "israel|israeli",
    "pakistan|pakistani",
    "bangladesh|bangladeshi",
    "new zealand|new zealander|nzl",
    "austria|austrian",
    "australia|australian|aus",
    "india|indian|ind",
    "indonesia|indonesian",
    "malaysia|malaysian",
    "vietnam|vietnamese",
    "singapore|singaporean",
    "iran|iranian",
    "saudi arabia|saudi",
    "turkey|turk",
    "egypt|egyptian",
    "morocco|moroccan",
    "algeria|algerian",
    "tunisia|tunisian",
    "nigeria|nigerian",
    "kenya|kenyan",
    "ghana|ghanaian",
    "ethiopia|ethiopian",
    "south africa|south african|rsa",
    "colombia|colombian",
    "chile|chilean",
    "venezuela|venezuelan",
    "ecuador|ecuadorian",
    "uruguay|uruguayan",
    "cuba|cuban",
    "jamaica|jamaican",
    "romania|romanian",
    "bulgaria|bulgarian",
    "croatia|croatian",
    "serbia|serbian",
    "slovakia|slovak|slovakian",
    "slovenia|slovenian",
    "estonia|estonian",
    "latvia|latvian",
    "lithuania|lithuanian",
    "iceland|icelandic",
    "belarus|belarusian",
    "georgia|georgian",
    "kazakhstan|kazakh",
    "mongolia|mongolian",
    "nepal|nepalese|nepali",
    "sri lanka|sri lankan",
    "afghanistan|afghan",
    "syria|syrian",
    "lebanon|lebanese",
    "jordan|jordanian",
    "cambodia|cambodian",
    "taiwan|taiwanese",
    "europe|european",
    "asia|asian",
    "africa|african",
    "los angeles|la",
    "new york city|nyc",
    "alabama|al",
    "alaska|ak",
    "arizona|az",
    "arkansas|ar",
    "california|ca",
    "colorado|co",
    "connecticut|ct",
    "delaware|de",
    "florida|fl",
    "georgia|ga",
    "hawaii|hi",
    "idaho|id",
    "illinois|il",
    "indiana|in",
    "iowa|ia",
    "kansas|ks",
    "kentucky|ky",
    "louisiana|la",
    "maine|me",
    "maryland|md",
    "massachusetts|ma",
    "michigan|mi",
    "minnesota|mn",
    "mississippi|ms",
    "missouri|mo",
    "montana|mt",
    "nebraska|ne",
    "nevada|nv",
    "new hampshire|nh",
    "new jersey|nj",
    "new mexico|nm",
    "new york|ny",
    "north carolina|nc",
    "north dakota|nd",
    "ohio|oh",
    "oklahoma|ok",
    "oregon|or",
    "pennsylvania|pa",
    "rhode island|ri",
    "south carolina|sc",
    "south dakota|sd",
    "tennessee|tn",
    "texas|tx",
    "utah|ut",
    "vermont|vt",
    "virginia|va",
    "washington|wa",
    "west virginia|wv",
    "wisconsin|wi",
    "wyoming|wy",
    "january|jan",
    "february|feb",
    "march|mar",
    "april|apr",
    "june|jun",
    "july|jul",
    "august|aug",
    "september|sep|sept",
    "october|oct",
    "november|nov",
    "december|dec",
    "monday|mon",
    "tuesday|tue",
    "wednesday|wed",
    "thursday|thu",
    "friday|fri",
    "saturday|sat",
    "sunday|sun",
)
"""Spellings of one thing that databases and people choose between; the first is the full name."""
ALIASED: dict[str, tuple[str, ...]] = {}
"""Each spelling, without blanks, to the others of the same thing."""
for _group in _ALIASES:
    _folded = tuple(_alias.replace(" ", "") for _alias in _group.split("|"))
    for _alias in _folded:
        ALIASED[_alias] = (*ALIASED.get(_alias, ()), *(a for a in _folded if a != _alias))


ABBREVIATED: dict[str, tuple[str, ...]] = {}
"""A word to its abbreviations in identifiers."""
for _short, _long_forms in _ABBREVIATIONS.items():
    for _form in _long_forms:
        ABBREVIATED[_form] = (*ABBREVIATED.get(_form, ()), _short)
