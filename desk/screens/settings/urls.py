from django.urls import path

from desk.screens.settings import (
    api_keys,
    billing_entities,
    billing_entity_changes,
    exchange_rates,
    invitations,
    invoice_terms,
    members,
    numbering,
    organization,
    subscription_terms,
    tax,
    tax_rates,
    tax_registrations,
    users,
)
from desk.screens.settings.index import Settings
from desk.screens.settings.profile import ChangePassword, EndSession, Profile, SignOutEverywhere

urlpatterns = [
    path("", Settings.as_view(), name="settings"),
    path("profile/", Profile.as_view(), name="profile"),
    path("profile/password/", ChangePassword.as_view(), name="profile-password"),
    path("profile/sessions/<int:pk>/end/", EndSession.as_view(), name="session-end"),
    path("profile/sign-out-everywhere/", SignOutEverywhere.as_view(), name="sign-out-everywhere"),
    path("billing-entities/", billing_entities.BillingEntities.as_view(), name="billing-entities"),
    path(
        "billing-entities/new/", billing_entity_changes.NewBillingEntity.as_view(), name="billing-entity-new"
    ),
    path(
        "billing-entities/<pk>/edit/",
        billing_entity_changes.EditBillingEntity.as_view(),
        name="billing-entity-edit",
    ),
    path(
        "billing-entities/<pk>/move/<slug:verb>/",
        billing_entity_changes.MoveBillingEntity.as_view(),
        name="billing-entity-move",
    ),
    path(
        "billing-entities/<pk>/make-default/",
        billing_entity_changes.MakeDefault.as_view(),
        name="billing-entity-default",
    ),
    path("billing-entities/<pk>/", billing_entities.BillingEntityDetail.as_view(), name="billing-entity"),
    path(
        "billing-entities/<pk>/<slug:tab>/",
        billing_entities.BillingEntityDetail.as_view(),
        name="billing-entity-tab",
    ),
    path("subscriptions/", subscription_terms.SubscriptionTerms.as_view(), name="settings-subscriptions"),
    path("subscriptions/edit/", subscription_terms.EditTerms.as_view(), name="settings-subscriptions-edit"),
    path("invoices/", invoice_terms.InvoiceTerms.as_view(), name="settings-invoices"),
    path("invoices/edit/", invoice_terms.EditInvoiceTerms.as_view(), name="settings-invoices-edit"),
    path("invoices/<pk>/numbers/", numbering.Numbering.as_view(), name="entity-numbering"),
    path("invoices/<pk>/", invoice_terms.EntityGrace.as_view(), name="entity-grace"),
    path("tax/", tax.Tax.as_view(), name="tax"),
    path("tax/rates/new/", tax_rates.NewTaxRate.as_view(), name="tax-rate-new"),
    path("tax/rates/<pk>/<int:place>/", tax_rates.RemoveTaxRate.as_view(), name="tax-rate-remove"),
    path("tax/<pk>/settings/", tax_registrations.TaxSettings.as_view(), name="tax-settings"),
    path(
        "tax/<pk>/registrations/new/",
        tax_registrations.NewRegistration.as_view(),
        name="tax-registration-new",
    ),
    path(
        "tax/<pk>/registrations/<int:place>/edit/",
        tax_registrations.EditRegistration.as_view(),
        name="tax-registration-edit",
    ),
    path(
        "tax/<pk>/registrations/<int:place>/remove/",
        tax_registrations.RemoveRegistration.as_view(),
        name="tax-registration-remove",
    ),
    path("currencies/", exchange_rates.ExchangeRates.as_view(), name="currencies"),
    path("currencies/new/", exchange_rates.NewExchangeRate.as_view(), name="exchange-rate-new"),
    path(
        "currencies/<pk>/withdraw/",
        exchange_rates.WithdrawExchangeRate.as_view(),
        name="exchange-rate-withdraw",
    ),
    path("organization/", organization.Organization.as_view(), name="organization"),
    path("organization/edit/", organization.EditOrganization.as_view(), name="organization-edit"),
    path("users/", users.Users.as_view(), name="users"),
    path("users/invite/", invitations.Invite.as_view(), name="user-invite"),
    path("users/<pk>/role/", members.ChangeRole.as_view(), name="user-role"),
    path("users/<pk>/deactivate/", members.Deactivate.as_view(), name="user-deactivate"),
    path("users/<pk>/reactivate/", members.Reactivate.as_view(), name="user-reactivate"),
    path("users/<pk>/password-link/", members.ResetLink.as_view(), name="user-reset"),
    path("invitations/<pk>/withdraw/", invitations.Withdraw.as_view(), name="invitation-withdraw"),
    path("api-keys/", api_keys.ApiKeys.as_view(), name="api-keys"),
    path("api-keys/new/", api_keys.NewKey.as_view(), name="api-key-new"),
    path("api-keys/<pk>/rotate/", api_keys.Rotate.as_view(), name="api-key-rotate"),
    path("api-keys/<pk>/revoke/", api_keys.Revoke.as_view(), name="api-key-revoke"),
]
