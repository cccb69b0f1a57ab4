"""Who may sign in, and where: the rows that support may change, each change in the audit trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseRedirect

from accounts.admin_base import SupportAdmin, TenantAdmin, platforms_of
from accounts.context import Context
from accounts.models import Invitation, Membership, Platform, Role, SignInAttempt, User, UserSession
from accounts.services import clock, memberships, sign_in
from kit import clock as wall_clock
from kit.errors import TallydeskError


class SupportSignIn(AdminAuthenticationForm):
    """Signing in to the admin, throttled as in Desk."""

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.request is None or not email or not password:
            return self.cleaned_data
        try:
            self.user_cache = sign_in.check(
                request=self.request,
                email=email,
                password=password,
                address=self.request.META.get("REMOTE_ADDR", ""),
                at=wall_clock.now(),
            )
        except TallydeskError as error:
            raise forms.ValidationError(error.message) from None
        self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


def support_context(request: HttpRequest, platform: Platform) -> Context:
    """The circumstances of a change that support makes on ``platform``."""
    return Context(
        platform=platform,
        at=clock.now(platform),
        actor_type="SUPPORT",
        actor=str(request.user),
        request_id=getattr(request, "request_id", ""),
    )


class PersonCreationForm(BaseUserCreationForm):
    """A new user: email address and password."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonAdmin(SupportAdmin, UserAdmin):
    """Users. A superuser changes them; who leaves is made inactive, not deleted."""

    platform_path = ""
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    date_hierarchy = "date_joined"
    ordering = ("email",)
    add_form = PersonCreationForm
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (
            "Entrance",
            {
                "fields": ("is_active", "is_staff", "is_superuser"),
                "description": "Staff may read this admin, for the platforms they are members of. A superuser"
                " reads all platforms and changes users and memberships. Clear “active” when one leaves.",
            },
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    filter_horizontal = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A member of staff sees the users of the platforms they see."""
        rows = User.objects.order_by(*self.ordering)
        if request.user.is_superuser:
            return rows
        shared = Membership.objects.filter(user=OuterRef("pk"), platform__in=platforms_of(request))
        return rows.filter(Exists(shared))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("last_login", "date_joined")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.is_superuser:
            return UserAdmin.get_fieldsets(self, request, obj)
        return ((None, {"fields": ("email", "name", "is_active", "last_login", "date_joined")}),)


class NewMembershipForm(forms.ModelForm):
    """A user's role on a platform; the platform is chosen once."""

    on_platform = forms.ModelChoiceField(Platform.objects.all(), label="Platform")

    class Meta:
        model = Membership
        fields = ("user", "role")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        known = Membership.objects.filter(user=cleaned.get("user"), platform=cleaned.get("on_platform"))
        if known.exists():
            raise forms.ValidationError("This user is a member of this platform already.")
        return cleaned


class MembershipForm(forms.ModelForm):
    """What can change later: the role, and whether the membership holds."""

    is_active = forms.BooleanField(required=False, label="Active")

    class Meta:
        model = Membership
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_active"].initial = self.instance.deactivated_at is None


class MembershipAdmin(TenantAdmin):
    """Memberships. A superuser gives roles and takes them away; a membership that ended stays visible."""

    list_display = ("user", "role", "deactivated_at", "last_seen_at")
    list_filter = ("role",)
    search_fields = ("user__email", "user__name")
    autocomplete_fields = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not request.user.is_superuser:
            return super().get_fields(request, obj)
        if obj is None:
            return ("on_platform", "user", "role")
        return ("public_id", "platform", "user", "role", "is_active", "last_seen_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not request.user.is_superuser:
            return super().get_readonly_fields(request, obj)
        return () if obj is None else ("public_id", "platform", "user", "last_seen_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = MembershipForm if obj else NewMembershipForm
        return super().get_form(request, obj, change=change, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A change that the service refuses (the last owner's) is told, and rolled back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TallydeskError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            self._change(request, obj, is_active=form.cleaned_data["is_active"])
            return
        ctx = support_context(request, form.cleaned_data["on_platform"])
        made = memberships.join(ctx=ctx, user=obj.user, role=Role(obj.role))
        obj.pk, obj.public_id, obj.platform = made.pk, made.public_id, made.platform

    def _change(self, request: HttpRequest, wanted: Membership, *, is_active: bool) -> None:
        stored = Membership.objects.select_related("platform").get(pk=wanted.pk)
        ctx = support_context(request, stored.platform)
        by = Membership(role=Role.OWNER)  # a superuser may do what an owner may
        if wanted.role != stored.role:
            memberships.change_role(ctx=ctx, instance=stored, role=Role(wanted.role), by=by)
        if is_active and stored.deactivated_at is not None:
            memberships.reactivate(ctx=ctx, instance=stored, by=by)
        elif not is_active and stored.deactivated_at is None:
            memberships.deactivate(ctx=ctx, instance=stored, by=by)


class SignInAttemptAdmin(SupportAdmin):
    """Passwords that were tried and links that were asked for, kept for a day: why somebody has to wait."""

    platform_path = ""
    list_display = ("email", "address", "kind", "at")
    list_filter = ("kind", "at")
    search_fields = ("email", "address")
    date_hierarchy = "at"


class UserSessionAdmin(SupportAdmin):
    """Browsers in which somebody is signed in. The session key itself is not shown."""

    platform_path = ""
    list_display = ("user", "address", "agent", "started_at")
    list_filter = ("started_at",)
    search_fields = ("user__email", "address")
    date_hierarchy = "started_at"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "address", "agent", "started_at")


class InvitationAdmin(TenantAdmin):
    """Offers of a role, open until accepted, revoked or expired."""

    list_display = ("email", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role",)
    search_fields = ("email",)


admin.site.login_form = SupportSignIn
admin.site.register(User, PersonAdmin)
admin.site.register(Membership, MembershipAdmin)
admin.site.register(SignInAttempt, SignInAttemptAdmin)
admin.site.register(UserSession, UserSessionAdmin)
admin.site.register(Invitation, InvitationAdmin)
