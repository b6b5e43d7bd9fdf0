"""The records of a store in pandas, and a curve: python3 read_store.py STORE.db"""
import sqlite3
import sys
import zlib

import numpy
import pandas

store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)

# One row per run: every key of its spec, its outcome, who made it. NULL is censored or none.
runs = pandas.read_sql("select * from runs", store)
print(runs.groupby("phase", dropna=False).size())
print(runs[["seed", "decoder_rate", "steps_to_train", "steps_to_validation", "rqi"]].head())

# Curves, where `study run --curves N` kept them: 8 bytes of length, then zlib of float64 numbers.
curves = pandas.read_sql("select * from curves join runs using (identity)", store)
for curve in curves.itertuples():
    width = 6 + curve.symbols * curve.representation_dimension
    points = numpy.frombuffer(zlib.decompress(curve.data[8:])).reshape(-1, width)
    metrics = pandas.DataFrame(
        points[:, :6],
        columns=["step", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "rqi"],
    )
    embeddings = points[:, 6:].reshape(-1, curve.symbols, curve.representation_dimension)
    print(curve.identity, metrics.iloc[-1].to_dict(), embeddings.shape)
