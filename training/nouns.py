"""Names of tables and columns as English nouns, and what a column's values mean to a person.

Lists are our own, written from general English and from the names in training schemas; no question is read.
"""

from __future__ import annotations

import re
from typing import Final

from nlidb.question import lemma

_PLURALS: Final = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "goose": "geese",
    "leaf": "leaves",
    "shelf": "shelves",
    "wife": "wives",
    "life": "lives",
    "half": "halves",
    "criterion": "criteria",
    "medium": "media",
    "index": "indexes",
    "analysis": "analyses",
    "diagnosis": "diagnoses",
    "thesis": "theses",
    "crisis": "crises",
    "bus": "buses",
    "gas": "gases",
    "campus": "campuses",
    "status": "statuses",
    "virus": "viruses",
    "fungus": "fungi",
}
_MASS: Final = frozenset(
    """series species staff faculty equipment information furniture music luggage news data weather sheep
    aircraft fish gdp stock cargo feedback mail revenue income rainfall attendance sex gender
    money water traffic history research clothing software hardware payroll knowledge""".split()
)
_SINGULARS: Final = {plural: one for one, plural in _PLURALS.items()} | {
    "data": "data",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "pies": "pie",
    "heroes": "hero",
    "shoes": "shoe",
    "horses": "horse",
    "houses": "house",
    "courses": "course",
    "warehouses": "warehouse",
    "greenhouses": "greenhouse",
    "nurses": "nurse",
    "purchases": "purchase",
    "expenses": "expense",
    "licenses": "license",
    "diseases": "disease",
    "databases": "database",
    "leases": "lease",
    "caches": "cache",
    "axes": "axe",
    "cases": "case",
    "releases": "release",
    "bases": "base",
    "phases": "phase",
    "responses": "response",
    "vases": "vase",
    "exercises": "exercise",
    "franchises": "franchise",
    "enzymes": "enzyme",
}


def singular(noun: str) -> str:
    """The singular of a noun phrase: only its head, the last word, changes ("order items" -> "order item")."""
    head, preposition, rest = noun.partition(" of ")
    if preposition and head:
        return f"{singular(head)} of {rest}"
    *before, last = noun.split(" ")
    if last in _SINGULARS:
        last = _SINGULARS[last]
    elif last.endswith("men") and last not in ("specimen", "omen", "abdomen", "regimen"):
        last = last[:-3] + "man"
    elif last in _MASS or last.endswith(("ss", "us", "is", "as")) or len(last) < 4:
        pass
    elif last.endswith("ies"):
        last = last[:-3] + "y" if len(last) > 4 else last[:-1]
    elif last.endswith(("sses", "shes", "ches", "xes", "zzes")):
        last = last[:-2]
    elif last.endswith("s"):
        last = last[:-1]
    return " ".join([*before, last])


def plural(noun: str) -> str:
    """The plural of a noun phrase; "number of pages" -> "numbers of pages"."""
    words = noun.split(" ")
    place = len(words) - 1
    for preposition in ("of", "in", "per", "for", "at", "to", "from"):
        if preposition in words[1:]:
            place = min(place, words.index(preposition, 1) - 1)
    if len(words) > 1 and words[0] in ("year", "date") and words[1] != "of":
        place = 0
    elif place and (
        words[place].endswith("ed") or words[place] in _IRREGULAR_PARTICIPLES | {"lost"}
    ):
        place -= 1
    elif place and words[place] in _AFTER_NOUNS and words[place - 1].endswith("s"):
        return noun
    last = words[place]
    if last.endswith("man") and last not in ("human", "german", "roman"):
        last = last[:-3] + "men"
    elif last in _PLURALS:
        last = _PLURALS[last]
    elif last == "ID":
        last = "IDs"
    elif last in _MASS or last in _SINGULARS or last.isdigit() or last.isupper() or not last:
        pass
    elif last.endswith("ness") and last not in ("business", "witness", "illness", "harness"):
        pass
    elif last.endswith("s") and not last.endswith(("ss", "us", "is", "as")):
        pass  # most likely one already
    elif last.endswith("y") and last[-2:-1] not in ("a", "e", "o", "u", ""):
        last = last[:-1] + "ies"
    elif last.endswith(("s", "sh", "ch", "x", "z")):
        last += "es"
    else:
        last += "s"
    words[place] = last
    return " ".join(words)


_MOMENTS: Final = frozenset(
    """year date time day birthday start end deadline season vintage month timestamp datetime term period moment
    birth expiry expiration arrival departure""".split()
)
_IRREGULAR_PARTICIPLES: Final = frozenset(
    "built sold bought held born sworn drawn made begun left sent paid found seen written caught taken won".split()
)


def time_noun(noun: str, what: str) -> str:
    """A column of times as a noun that says so: "opened" -> "year opened", "debut" -> "debut year"."""
    words = noun.split()
    while len(words) > 1 and words[-1] in ("on", "at", "in", "since"):
        words.pop()
    if words[-1] in ("from", "to") and len(words) < 3:
        return f"{'start' if words[-1] == 'from' else 'end'} {what}"
    if words == ["since"]:
        return f"start {what}"
    if not _MOMENTS.isdisjoint(words):
        return " ".join(words)
    if words == ["started"] or words == ["ended"]:
        return f"{words[0][:-2]} {what}"
    if words[-1].endswith("ed") or words[-1] in _IRREGULAR_PARTICIPLES:
        return " ".join([what, *words])
    return " ".join([*words, what])


_AFTER_NOUNS: Final = frozenset(
    "active lost won given required open available spent free due".split()
)


def is_awkward(noun: str) -> bool:
    """Whether the name is no noun phrase ("referred by"), so that it can only stand before its value."""
    return noun.split()[-1] in ("by", "in", "at", "on", "to", "from", "for", "of", "with", "as")


def article(phrase: str) -> str:
    """ "a" or "an" for what follows."""
    low = phrase.lower()
    if re.match(r"(?:one|uni(?!m)|use|usu|eu|u[a-z]?[aeiou]?\b)", low):
        return "a"
    if re.match(r"(?:hour|honest|honou?r|heir|8|11\b|18\b|id\b|mp|sms|html|x)", low):
        return "an"
    return "an" if low[:1] in "aeiou" else "a"


_UNCOUNTED: Final = frozenset(
    """fuel revenue income attendance rainfall enrollment experience equipment weather stock traffic consumption
    alcohol pay water energy electricity humidity elevation altitude staff""".split()
)


def with_article(noun: str) -> str:
    """The noun after "a" or "an", or bare where it is a plural or is not counted ("days at sea")."""
    words = noun.split()
    if words[0] in ("number", "count", "total") and words[1:2] == ["of"]:
        return f"a {noun}"
    place = len(words) - 1
    for preposition in ("of", "in", "per", "for", "at", "to", "from"):
        if preposition in words[1:]:
            place = min(place, words.index(preposition, 1) - 1)
    head = words[place]
    if head in _UNCOUNTED or head in _PLURALS.values():
        return noun
    if (
        head.endswith("s")
        and not head.endswith(("ss", "us", "is", "as", "gps"))
        and head not in _MASS
    ):
        return noun
    return f"{article(noun)} {noun}"


_ABBREVIATIONS: Final = """
nm=name|fname=first name|lname=last name|mname=middle name|yr=year|dt=date|dob=date of birth|
num=number of|nbr=number|qty=quantity|cnt=count|amt=amount|avg=average|min=minimum|max=maximum|
desc=description|addr=address|tel=telephone|dept=department|emp=employee|cust=customer|stu=student|
prod=product|cat=category|ctry=country|pct=percentage|wt=weight|ht=height|temp=temperature|pos=position|
loc=location|mgr=manager|org=organization|pop=population|sal=salary|qual=quality|mfr=manufacturer|
mfg=manufacturing|lvl=level|grp=group|seas=season|tm=team|stat=status|univ=university|lang=language|
acct=account|inv=invoice|lat=latitude|lng=longitude|lon=longitude|dur=duration|dist=distance|
elev=elevation|msg=message|txt=text|sqft=square feet|hrs=hours|mins=minutes|secs=seconds|prc=price|
typ=type|sp=species|pat=patient|smp=sample|insp=inspection|inj=injury|ord=order|reg=region|subj=subject|
std=stand|prog=programme|prop=proposal|plyr=player|cert=certificate|frz=freezer|prj=project|
resv=reservation|trn=tournament|rte=route|decl=declaration|val=value|bldg=building|surv=survey|
whse=warehouse|rx=prescription|adv=advertiser|pol=policy|cov=coverage|coh=cohort|facil=facility|
veh=vehicle|txn=transaction|merch=merchant|deliv=delivery|yrs=years|exp=experience|trf=tariff|ctr=centre|
clb=club|mbr=member|est=estimated|wo=work order|cls=class|atty=attorney|clnt=client|ent=entry|iss=issue|
vlt=vault|itm=item|div=division|crt=creative|opng=opening|rnd=round|imp=importer|drv=driver|mtr=meter|
rdg=reading|cand=candidate|bot=botanist|pub=publication|crs=course|gh=greenhouse|sens=sensor|vend=vendor|
eq=equipment|kgd=kingdom|tst=test|spec=specimen|ded=deduction|supp=supplier|oper=operator|auth=author|
ttl=title|stn=station|ath=athlete|nbh=neighbourhood|trl=translator|comp=company|plc=placement|agt=agent|
fmt=format|harv=harvest|purch=purchase|trdr=trader|examr=examiner|rgn=region|hrly=hourly|stk=stock|
cour=courier|dom=domain|nom=nomination|exh=exhibitor|sess=session|col=colleague|sug=suggestion|
dsgn=designer|alb=album|wtr=waiter|fab=fabric|xfer=transfer|wm=watchmaker|appt=appointment|clm=claim|
fam=family|cty=country|dep=deposit|evt=event|descr=description|sz=size|dmg=damage|chg=change|src=source|
grd=grade|rec=record|vol=volume|gndr=gender|opt=optimal|yob=year of birth|carto=cartographer|
trk=tracking|att=attempt|wkday=weekday|aud=audit|loco=locomotive|dir=direction|fst=first|lst=last|
orig=origin|tgt=target|sw=software|hw=hardware|lic=license|mths=months|deduct=deductible|sup=supervisor|
proc=procedure|med=medication|doc=document|docs=documents|info=information|stud=student|instr=instructor|
sched=schedule|attr=attraction|obs=observation|meas=measure|acc=account|bal=balance|pmt=payment|
cap=capacity|util=utilization|rev=revenue|tot=total|hum=humidity|rad=radius|conf=conference|
champ=champion|gms=games|arr=arrival|arv=arrival|maint=maintenance|eqp=equipment|tech=technician|
contr=contract|rcpt=receipt|ret=return|rtn=return|pkg=package|shp=shipment|wk=week|mth=month|mon=month|
mfd=manufactured|hosp=hospital|phys=physician|diag=diagnosis|symp=symptom|vac=vaccine|allrg=allergy|
spkr=speaker|confs=conferences|stuid=student id|enr=enrollment|dest=destination|prof=professor|
crse=course|lbl=label|ver=version|cur=currency|curr=currency|lim=limit|thr=threshold|cons=consumption|
mkt=market|seg=segment|chan=channel|wrk=work|act=activity|disc=discount|resp=responsible|ofc=office|
tx=treatment|flg=flag|ot=overtime|mv=move|gm=game|tsheet=timesheet|meth=method|fnd=founded|anl=analysis|met=meteorite|len=length|recov=recovery|res=result|expires=expiry|enr=enrollment|app=application|exam=exam|dipl=diploma|wx=weather|svc=service|perf=performance
"""
_LONG: Final = {
    short: long
    for short, _, long in (
        entry.partition("=") for entry in _ABBREVIATIONS.replace("\n", "").split("|")
    )
}
_UNITS: Final = {
    "km": "kilometers",
    "kms": "kilometers",
    "kg": "kilograms",
    "kgs": "kilograms",
    "cm": "centimeters",
    "mm": "millimeters",
    "kmh": "km/h",
    "mph": "mph",
    "eur": "euros",
    "euro": "euros",
    "usd": "dollars",
    "gbp": "pounds",
    "min": "minutes",
    "mins": "minutes",
    "hrs": "hours",
    "hours": "hours",
    "minutes": "minutes",
    "days": "days",
    "seconds": "seconds",
    "litres": "litres",
    "liters": "liters",
    "l": "litres",
    "g": "grams",
    "m": "meters",
    "c": "degrees",
    "f": "degrees",
    "ft": "feet",
    "feet": "feet",
    "lbs": "pounds",
    "lb": "pounds",
    "miles": "miles",
    "meters": "meters",
    "metres": "metres",
    "grams": "grams",
    "sqm": "square meters",
    "ha": "hectares",
    "hectares": "hectares",
    "kw": "kilowatts",
    "kwh": "kWh",
    "pct": "percent",
    "percent": "percent",
    "hl": "hectolitres",
    "dollar": "dollars",
    "dollars": "dollars",
    "musd": "million dollars",
    "keur": "thousand euros",
}
_TIME_UNITS: Final = frozenset("min mins hrs hours minutes days seconds".split())
_DURATIONS: Final = frozenset(
    "dur duration time length delay runtime downtime interval in wait response".split()
)
_TABLE_WORDS: Final = {"cat": "cat", "dist": "district"}
"""Short words that as tables mean something else than as columns."""
_TABLE_PREFIXES: Final = frozenset("tbl ref tb view the".split())
_TABLE_SUFFIXES: Final = frozenset("table tbl list info data details record records".split())


def table_noun(words: str) -> str:
    """What a row of the table is called, in the singular ("ref document types" -> "document type")."""
    parts = words.lower().replace("_", " ").split()
    parts = [_TABLE_WORDS.get(part) or _LONG.get(part, part) for part in parts]
    parts = [word for part in parts for word in part.removesuffix(" of").split()]
    while len(parts) > 1 and parts[0] in _TABLE_PREFIXES:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in _TABLE_SUFFIXES - {"records", "record"}:
        parts = parts[:-1]
    return singular(" ".join(parts)) or words


def column_noun(words: str, table: str) -> tuple[str, str]:
    """A column's name as a noun phrase without its table's name, and the unit its name ends in ("" for none).

    ("singer name", "singer") -> ("name", ""); ("weight kg", "parcel") -> ("weight", "kilograms").
    """
    parts = words.lower().replace("_", " ").split()
    unit = ""
    if len(parts) > 1 and parts[-1] in _UNITS and parts[0] != "num":
        if parts[-1] not in _TIME_UNITS or parts[-2] in _DURATIONS:
            unit = _UNITS[parts.pop()]
            if parts[-1] == "in" and len(parts) > 1:
                parts.pop()
    if len(parts) > 1 and parts[-1] in ("min", "mins"):
        parts[-1] = "minutes"
    owner = table.split()
    first = parts[0]
    shortened = len(parts) > 1 and len(first) > 1 and first != owner[-1]
    if shortened and owner[-1].startswith(first) and first not in ("in", "on", "to", "of", "is"):
        parts = parts[1:]  # the table's name, cut short ("res name" of a researcher)
    parts = [word for part in parts for word in _LONG.get(part, part).split()]
    parts = [
        word for place, word in enumerate(parts) if not (word == "of" == parts[place - 1] and place)
    ]
    if parts[-1] == "of":
        parts.pop()
    if parts[0] == "number" and len(parts) > 1 and parts[1] not in ("of", "in", "id"):
        parts = ["number", "of", *plural(" ".join(parts[1:])).split()] if len(parts) == 2 else parts
    head = [singular(part) for part in parts[: len(owner)]]
    if len(parts) > len(owner) and head == owner and parts[len(owner)] not in ("of", "in", "and"):
        parts = parts[len(owner) :]
    elif len(owner) > 1 and len(parts) > 1 and singular(parts[0]) == owner[-1]:
        parts = parts[1:]
    if (
        len(parts) > 1
        and parts[-1] in ("code", "cd")
        and parts[-2]
        in (
            "type",
            "status",
            "category",
            "class",
            "role",
            "method",
        )
    ):
        parts = parts[:-1]
    if parts[-1] == "cd":
        parts[-1] = "code"
    if parts[-1] == "no":
        parts[-1] = "number"
    return " ".join("ID" if part == "id" else part for part in parts), unit


_PERSONS: Final = frozenset(
    """person people student teacher professor instructor employee worker member customer client patient doctor
    physician nurse singer artist actor actress director author writer player coach pilot driver user visitor
    guest staff manager owner candidate voter advisor trainer athlete swimmer wrestler gymnast official resident
    participant performer musician composer conductor journalist editor reviewer scientist researcher engineer
    technician captain host friend child parent man woman boy girl entrepreneur investor founder buyer seller
    supplier borrower donor volunteer tutor lawyer judge officer agent assistant mechanic chef farmer passenger
    champion rider jockey skater climber skipper sailor dancer poet painter photographer curator collector
    subscriber follower applicant contestant competitor therapist veterinarian vet dentist surgeon barber
    planner observer taster restorer herald interviewer firefighter cricketer investigator inspector
    analyst consultant developer tester backer translator narrator mentor apprentice craftsman beekeeper keeper
    referee umpire bodybuilder perpetrator victim suspect detective secretary treasurer president governor
    senator representative politician leader colleague contact individual traveler traveller tourist""".split()
)


def spelled_out(words: str) -> str:
    """The words with abbreviations written out ("cust" -> "customer")."""
    return " ".join(_TABLE_WORDS.get(word) or _LONG.get(word, word) for word in words.split())


def is_person(noun: str) -> bool:
    """Whether a row of that noun is a person."""
    last = noun.split()[-1]
    return last in _PERSONS or last.endswith("man") and last not in ("roman", "talisman")


_MEANINGS: Final = (
    ("age", r"\bage\b"),
    ("birth", r"\b(birth|born|birthday)\b"),
    (
        "founded",
        r"\b(founded|established|founding|opened|opening year|open year|built|construction|since)\b",
    ),
    ("price", r"\b(price|cost|fee|rent|fare|rate per|hire|tuition|charge|toll)\b"),
    ("salary", r"\b(salary|wage|pay|income|earnings|stipend)\b"),
    ("money", r"\b(budget|revenue|sales|profit|amount|balance|value|gdp|worth|fund|prize|paid)\b"),
    ("weight", r"\bweight\b"),
    ("height", r"\bheight\b"),
    ("duration", r"\b(duration|minutes|hours|running time|runtime|days)\b"),
    ("length", r"\blength\b"),
    ("distance", r"\bdistance\b"),
    ("speed", r"\b(speed|horsepower)\b"),
    ("population", r"\bpopulation\b"),
    ("size", r"\b(size|area|capacity|acreage|floors|seating|square feet)\b"),
    ("score", r"\b(score|rating|points|grade|mark|stars|gpa)\b"),
    (
        "count",
        r"^(number of|total|num|count)\b|\b(count|quantity|wins|losses|votes|goals|seats|employees|members|"
        r"sets|copies|units|pages|points|attendance|enrollment|credits|employees|rooms|beds|stock)$",
    ),
)


def meaning(noun: str, kind: str) -> str:
    """The class of wordings for a column of numbers or times: "age", "price", ..., "time" or "number"."""
    for name, pattern in _MEANINGS:
        if re.search(pattern, noun):
            if kind in ("year", "date") and name not in ("birth", "founded"):
                continue
            if kind == "number" and name in ("birth", "founded"):
                continue
            return name
    return "time" if kind in ("year", "date") else "number"


_PLACES: Final = re.compile(
    r"\b(city|town|country|state|county|province|region|district|location|place|venue|village|continent|hometown|"
    r"nation|borough|island|suburb|neighbourhood|neighborhood|headquarters|hq|campus|area|port)s?$"
)
_KINDS: Final = re.compile(
    r"\b(type|kind|category|class|genre|status|color|colour|gender|sex|style|sort|breed|species|material|format|"
    r"condition|level|rank|role|position|size|season|grade|state|outcome|result|specialty|department|grape|wood|"
    r"mode|method|priority|severity|difficulty|tier|language|nationality|religion|cuisine|sector|industry|trade|"
    r"major|theme|sport|party|league|division|conference|brand|model|format|surface|climate|shift|habitat|channel)$"
)


def is_place(noun: str) -> bool:
    """Whether the column holds places, so that "in" or "from" can stand for its name."""
    return bool(_PLACES.search(noun)) and not noun.endswith("code")


def is_kind(noun: str) -> bool:
    """Whether the column's values can stand before the noun as adjectives do ("active members")."""
    return bool(_KINDS.search(noun))


SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "price": ("cost",),
    "cost": ("price",),
    "salary": ("pay", "wage"),
    "name": ("name", "name", "name"),
    "country": ("nation",),
    "nationality": ("citizenship",),
    "phone": ("telephone number", "phone number"),
    "phone number": ("telephone number", "phone"),
    "email": ("email address", "e-mail"),
    "email address": ("email",),
    "job title": ("position",),
    "duration": ("length",),
    "town": ("city",),
    "year": ("year",),
    "weight": ("weight",),
    "gender": ("sex",),
    "sex": ("gender",),
    "type": ("kind",),
    "kind": ("type",),
    "category": ("category", "type"),
    "age": ("age",),
    "birthday": ("date of birth", "birth date"),
    "birth date": ("date of birth", "birthday"),
    "date of birth": ("birth date", "birthday"),
    "hometown": ("home town",),
    "first name": ("given name",),
    "last name": ("surname", "family name"),
    "surname": ("last name",),
    "forename": ("first name",),
    "quantity": ("amount",),
    "rating": ("score",),
    "location": ("place",),
    "description": ("details",),
    "details": ("description",),
    "address": ("address",),
    "enrollment": ("number of students",),
    "attendance": ("number of attendees",),
    "headquarters": ("headquarters", "main office"),
    "manufacturer": ("maker",),
    "profession": ("occupation", "job"),
    "occupation": ("profession", "job"),
    "colour": ("color",),
    "color": ("colour",),
    "city": ("town",),
    "height": ("height",),
    "grade": ("mark",),
}
"""Other words for a column, used now and then."""

ENTITY_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "film": ("movie",),
    "movie": ("film",),
    "employee": ("worker", "staff member"),
    "customer": ("client",),
    "client": ("customer",),
    "store": ("shop",),
    "shop": ("store",),
    "company": ("firm", "business"),
    "teacher": ("instructor",),
    "instructor": ("teacher",),
    "doctor": ("physician",),
    "physician": ("doctor",),
    "car": ("vehicle",),
    "song": ("track",),
    "city": ("town",),
    "country": ("nation",),
    "pupil": ("student",),
    "lecturer": ("teacher",),
    "purchase": ("order",),
    "author": ("writer",),
    "people": ("person",),
    "picture": ("image",),
    "trip": ("journey",),
    "match": ("game",),
    "game": ("match",),
    "organization": ("organisation",),
    "product": ("item",),
    "class": ("course",),
    "job": ("position",),
    "apartment": ("flat",),
    "photo": ("picture",),
    "contest": ("competition",),
    "competition": ("contest",),
}
"""Other words for a table's rows, used now and then."""


def stem(noun: str) -> str:
    """Lemmas of a noun phrase, to see whether two name the same."""
    return " ".join(lemma(word) for word in noun.lower().split())
