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

# Curves, where `study run --curves N` kept them: 8 bytes of length, then zlib of float64 numbers,
# row after row. Columns behind the first `metrics` are embeddings. NULL in rows of older programs:
# the six metrics of the toy model, then its embeddings.
old = "step,train_loss,validation_loss,train_accuracy,validation_accuracy,rqi"
curves = pandas.read_sql("select * from curves join runs using (identity)", store)
for curve in curves.itertuples():
    names, metrics = curve.columns, curve.metrics
    if names is None:
        size = curve.symbols * curve.representation_dimension
        names, metrics = old + "".join(f",E{k}" for k in range(size)), 6
    names, metrics = names.split(","), int(metrics)
    numbers = numpy.frombuffer(zlib.decompress(curve.data[8:])).reshape(-1, len(names))
    points = pandas.DataFrame(numbers, columns=names)
    embeddings = numbers[:, metrics:].reshape(-1, curve.symbols, curve.representation_dimension)
    print(curve.identity, points.iloc[-1, :metrics].to_dict(), embeddings.shape)
