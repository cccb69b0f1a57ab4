from django.urls import path

from desk.screens.products_plans import catalog_list, product, product_changes, product_new

CATALOG = "product-catalog/"

urlpatterns = [
    path(CATALOG, catalog_list.ProductCatalog.as_view(), name="product-catalog"),
    path(f"{CATALOG}new/", product_new.NewProduct.as_view(), name="product-new"),
    path(f"{CATALOG}items/<pk>/edit/", product_changes.EditItem.as_view(), name="product-item-edit"),
    path(f"{CATALOG}items/<pk>/<slug:verb>/", product_changes.MoveItem.as_view(), name="product-item-move"),
    path(f"{CATALOG}<pk>/edit/", product_changes.EditProduct.as_view(), name="product-edit"),
    path(f"{CATALOG}<pk>/items/new/", product_changes.AddItem.as_view(), name="product-item-new"),
    path(f"{CATALOG}<pk>/move/<slug:verb>/", product_changes.Move.as_view(), name="product-move"),
    path(f"{CATALOG}<pk>/", product.ProductDetail.as_view(), name="product"),
    path(f"{CATALOG}<pk>/<slug:tab>/", product.ProductDetail.as_view(), name="product-tab"),
]
