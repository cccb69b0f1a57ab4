"""Entering Desk: attempts that are counted, sessions that can be listed, invitations."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models.platform import TenantModel, known
from accounts.models.users import Role


class AttemptKind(models.TextChoices):
    """What was tried: each is counted by itself, so that who is locked out may still ask for a link."""

    SIGN_IN = "SIGN_IN"
    RESET_LINK = "RESET_LINK"


class SignInAttempt(models.Model):
    """One try with a password, or one link asked for; they are counted per account and per address."""

    kind = models.CharField(max_length=10, choices=AttemptKind.choices, default=AttemptKind.SIGN_IN)
    email = models.CharField(max_length=254)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["email", "at"], name="attempt_by_email"),
            models.Index(fields=["address", "at"], name="attempt_by_address"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]
        constraints = [known("kind", AttemptKind, model="attempt")]

    def __str__(self) -> str:
        return f"{self.email} from {self.address}"


class UserSession(models.Model):
    """A browser in which a person is signed in; gone when the session itself is."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_sessions")
    session = models.OneToOneField("sessions.Session", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=45)
    agent = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user} from {self.address}"


class Invitation(TenantModel):
    """An open offer of a role to an email address; its secret is kept as SHA-256 only."""

    prefix = "invi"
    object_type = "INVITATION"
    shapes_matching = False

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=Role.choices)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known("role", Role, model="invitation"),
            models.UniqueConstraint(
                fields=["platform", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_unique",
            ),
        ]
