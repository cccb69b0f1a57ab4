"""Tables that tie two others together have names of their own in the admin."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_price_trees_are_immutable'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='pricingitemconfigproperty',
            options={'verbose_name': 'pricing item config', 'verbose_name_plural': 'properties in pricing item configs'},
        ),
        migrations.AlterModelOptions(
            name='pricingitemproductitem',
            options={'verbose_name': 'pricing item', 'verbose_name_plural': 'product items of pricing items'},
        ),
        migrations.AlterModelOptions(
            name='pricingproduct',
            options={'verbose_name': 'pricing', 'verbose_name_plural': 'products of pricings'},
        ),
        migrations.AlterModelOptions(
            name='productfeature',
            options={'verbose_name': 'product', 'verbose_name_plural': 'features of products'},
        ),
        migrations.AlterModelOptions(
            name='productitemreport',
            options={'verbose_name': 'product item', 'verbose_name_plural': 'reports of product items'},
        ),
    ]
