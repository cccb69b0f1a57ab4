"""People: users sign in by email and reach a platform through a membership with a role."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from accounts.models.platform import Platform, TenantModel, known


class Role(models.TextChoices):
    """What a member may do; see ``accounts.permissions``."""

    OWNER = "OWNER"
    ADMINISTRATOR = "ADMINISTRATOR"
    FINANCE = "FINANCE"
    DEVELOPER = "DEVELOPER"
    READ_ONLY = "READ_ONLY"


class UserManager(BaseUserManager["User"]):
    """Makes users; email addresses compare in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, of any number of platforms."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May enter the support admin.")
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.email


class Membership(TenantModel):
    """A user's role on a platform."""

    prefix = "memb"
    object_type = "MEMBERSHIP"
    shapes_matching = False

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True, help_text="Coarse: written at most hourly.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "user"], name="membership_unique"),
            known("role", Role, model="membership"),
        ]


__all__ = ["Membership", "Platform", "Role", "User"]
