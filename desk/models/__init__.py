"""What Desk itself remembers: how a person likes their screens, and saved views of lists."""

from desk.models.preference import Density, Preference, Shortcuts, Theme
from desk.models.saved_view import SavedView, Visibility
from desk.models.subscription_defaults import SubscriptionDefaults

__all__ = [
    "Density",
    "Preference",
    "SavedView",
    "Shortcuts",
    "SubscriptionDefaults",
    "Theme",
    "Visibility",
]
