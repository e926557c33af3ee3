"""What the three members of the sample say: who they are, the use case, the model card, the training."""

from __future__ import annotations

from typing import Any

MEMBERS = {
    "Ana Lima": ("data-scientist", "ai-architect", "software-engineer"),
    "Ben Ode": ("ml-engineer", "data-engineer", "domain-expert"),
    "Mira Sato": ("ai-ethics", "product-designer"),
}
MODEL, DATASET, USE_CASE = "loan-approval", "loans", "Loan decisions"
TRAINING: dict[str, Any] = {
    "target": "decision",
    "drop": ("application", "applicant", "mail", "approved_amount"),
    "protect": ("sex",),
    "time": "applied_on",
    "recipe": ("dummy", "linear"),
    "positive": "approved",
}
USE_CASE_FIELDS = {
    "name": USE_CASE,
    "problem": "Deciding on a loan takes four days, and nobody can say why two alike cases differ.",
    "user": "Loan officers in forty branches, who see a proposal beside each application.",
    "decision": "Approve or decline a consumer loan; the officer decides and may overrule the proposal.",
    "risk_tier": "high",
    "tier_reason": "Credit scoring of people: Annex III of the EU AI Act.",
    "annex_area": "essential services and benefits",
    "out_of_scope": "Loans to companies.\nSetting prices or limits.\nDeclining without a person.",
    "affected_groups": "Applicants, also those declined; people with thin credit files; women and men.",
    "sorts_people": True,
    "seen_by_people": True,
    "personal_data": True,
    "overruled_by": "the loan officer",
    "stopped_by": "Ben Ode",
    "appeals_to": "Mira Sato",
    "notice": "A computer proposes, a person decides. You may ask for the reasons and object.",
    "stop_limits": "Stop when the lowest choice ratio falls below 0.60 or AUC below 0.75.",
}
CARD_FIELDS = {
    "owner": "data-scientist",
    "licence": "internal use",
    "intended_use": "Proposals to trained loan officers for consumer loans.",
    "not_for": "Automatic decisions, prices, loans to companies.",
    "threshold_reason": "0.5: approving and declining wrongly cost about the same to the people asked.",
    "unsure_rule": "Scores between 0.4 and 0.6 go to a second officer without a proposal.",
    "caveats": "Trained on one bank and one year; weak for applicants without credit history.",
}
EVIDENCE = "Sample evidence: notes of the team meeting, kept with the use case."
OBJECTIVE = "Fair credit in one hour"
KEY_RESULTS = {
    "Time to decision 95 to 40 minutes": "Time to decision",
    "Lowest choice ratio 0.80": "Lowest choice ratio",
    "Proposals people can rely on": "Quality of proposals",
}
TIME_KPI: dict[str, Any] = {
    "name": "Time to decision",
    "unit": "minutes",
    "better": "down",
    "baseline": 95.0,
    "target": 40.0,
    "owner": "domain-expert",
    "use_case": USE_CASE,
    "rhythm": 30,
}
QUALITY_KPI: dict[str, Any] = {
    "name": "Quality of proposals",
    "unit": "AUC",
    "better": "up",
    "baseline": 0.5,
    "target": 0.85,
    "owner": "data-scientist",
    "use_case": USE_CASE,
    "metric": "run:auc",
}
