"""The real Pulumi engine, where there is one: found (`find`), built from its published source (`build`), run (`run`)."""
