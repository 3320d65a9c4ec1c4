"""history.csv has its columns in a fixed order."""

from stages.train.loop.history_csv import history_csv


def header(*names):
    return history_csv([dict.fromkeys(names, 0.0)]).splitlines()[0]


def test_loss_metrics_then_those_of_the_validation_split():
    assert header("val_loss", "mean_absolute_error", "accuracy", "val_accuracy", "val_mean_absolute_error", "loss") == (
        "epoch,loss,accuracy,mean_absolute_error,val_loss,val_accuracy,val_mean_absolute_error"
    )


def test_the_total_loss_is_before_those_of_the_targets():
    assert header("a_loss", "z_loss", "loss", "a_accuracy", "val_a_loss", "val_loss") == (
        "epoch,loss,a_loss,z_loss,a_accuracy,val_loss,val_a_loss"
    )


def test_epochs_count_from_one_and_values_have_seven_digits():
    assert history_csv([{"loss": 1 / 3}, {"loss": 1e-9}]) == "epoch,loss\n1,0.3333333\n2,1e-09\n"
