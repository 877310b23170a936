from django.apps import AppConfig


class ExamroomConfig(AppConfig):
    name = "kaogong.web.examroom"
    label = "examroom_desk"
