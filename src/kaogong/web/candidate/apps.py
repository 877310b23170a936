from django.apps import AppConfig


class CandidateConfig(AppConfig):
    name = "kaogong.web.candidate"
    label = "candidate_desk"
