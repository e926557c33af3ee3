"""Words in column names that tell of people, in English, German, French, Spanish, Italian, Portuguese and Dutch."""

from __future__ import annotations

import re
import unicodedata

_PERSON = (
    "customer client patient employee user person applicant contact member student kunde kunden mitarbeiter "
    "patienten personne cliente paciente empleado persona klant owner holder guest passenger driver candidate"
)
_NUMBERED = (
    "customer client patient employee user person applicant member student subscriber account citizen kunden kunde "
    "mitarbeiter patienten versicherten personal cliente paciente empleado usuario persona cliente dipendente paziente "
    "utente paciente funcionario klant medewerker salarie employe utilisateur"
)
PERSONS = frozenset(
    f"{_PERSON} {_NUMBERED} people borrower debtor insured tenant resident voter cardholder worker staff physician "
    "doctor teacher pupil visitor buyer seller author antragsteller kreditnehmer versicherter mieter bewerber "
    "demandeur emprunteur candidat solicitante prestatario richiedente aanvrager".split()
)
_NUMBERS = "id ids no nr num number nummer numero key code"
# Word groups: a column name has the hint if it holds all words of one group ("first name").
PII = {
    "mail": "mail email emailaddress courriel correo",
    "phone": "phone telephone tel mobile handy telefon telefono telefoon fax cellphone msisdn portable",
    "name": (
        "firstname lastname surname forename fullname vorname nachname familienname prenom nombre apellido apellidos "
        "cognome voornaam achternaam sobrenome givenname familyname middlename username first+name last+name "
        "full+name family+name given+name middle+name maiden+name user+name "
    )
    + " ".join(f"{who}+name" for who in _PERSON.split()),
    "address": (
        "address adresse anschrift street strasse rue calle indirizzo direccion straat hausnummer domicile "
        "zip zipcode plz postcode postleitzahl cap+code code+postal postal+code endereco"
    ),
    "birth date": (
        "birthdate birthday dob geburtsdatum geburtstag geboren naissance nacimiento nascita nascimento "
        "geboortedatum birth"
    ),
    "identity number": (
        "ssn passport ausweis ahv avs nino dni nie cpf bsn nir codicefiscale steuerid personalausweis "
        "social+security tax+id national+id identity+card driver+license licence+plate license+plate kennzeichen"
    ),
    "account": "iban kontonummer bankaccount account+number card+number creditcard kreditkarte numero+compte",
    "number": " ".join(f"{who}+{what} {who}{what}" for who in _NUMBERED.split() for what in _NUMBERS.split()),
    "address on the network": "ip ipaddress ip+address mac+address imei deviceid device+id cookie+id",
}
SENSITIVE = {
    "sex": "sex gender geschlecht sexe genero sesso sexo geslacht sexual orientation pregnant pregnancy schwanger",
    "origin": (
        "race ethnicity ethnic ethnie ethnisch herkunft raza etnia razza nationality nationalitat nationalitaet "
        "staatsangehorigkeit staatsangehoerigkeit nationalite nacionalidad cittadinanza citizenship native+country "
        "birthplace birth+place geburtsort country+birth migration immigrant skin"
    ),
    "belief": (
        "religion religious konfession religione religiao faith belief political party partei union gewerkschaft caste"
    ),
    "age": "age alter edad eta idade leeftijd agegroup altersgruppe",
    "health": (
        "health disease diagnosis diagnose illness disability disabled handicap behinderung medical medication "
        "gesundheit krankheit sante maladie salud enfermedad salute malattia bmi hiv cancer diabetes genetic "
        "biometric allergy blood mental therapy smoker"
    ),
    "family": (
        "marital maritalstatus zivilstand familienstand matrimonial civil+status etat+civil estado+civil "
        "stato+civile relationship spouse children kinder"
    ),
    "money": (
        "income salary wage wages earnings credit debt loan gehalt lohn einkommen kredit schulden salaire revenu "
        "salario ingresos sueldo stipendio reddito inkomen capital+gain capital+loss creditworthiness schufa "
        "score+credit"
    ),
    "conviction": "criminal conviction arrest vorstrafe recidivism offense felony",
}
THINGS = frozenset(
    [
        "file",
        "filename",
        "path",
        "folder",
        "table",
        "column",
        "field",
        "host",
        "server",
        "product",
        "item",
        "model",
        "brand",
        "category",
        "feature",
        "event",
    ]
)
CALENDAR = frozenset(
    [
        "year",
        "yr",
        "month",
        "mnth",
        "mon",
        "weekday",
        "hour",
        "hr",
        "season",
        "holiday",
        "quarter",
        "workingday",
        "jahr",
        "monat",
        "stunde",
    ]
)


def words_of(column: str) -> frozenset[str]:
    """Return the words of a column's name, lower case and without accents: ``BirthDate_2`` is birth, date, 2.

    The whole name without its signs is one of them.
    """
    words = _split(column)
    return frozenset([*words, "".join(words)])


def parts_of(column: str) -> frozenset[str]:
    """Return the words of a column's name without its numbers and without the whole name as one."""
    return frozenset(each for each in _split(column) if each.isalpha())


def _split(column: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
    plain = unicodedata.normalize("NFKD", apart.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z]+|[0-9]+", plain)


def hinted(column: str, groups: dict[str, str]) -> str:
    """Return the first topic of ``groups`` that the column's name tells of, or nothing."""
    words = words_of(column)
    for topic, hints in groups.items():
        if any(words.issuperset(hint.split("+")) for hint in hints.split()):
            return topic
    return ""
