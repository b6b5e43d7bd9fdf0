// Every bad input ends with exit status 2, one line on standard error that says where, what, the
// value and what is allowed, nothing on standard output and nothing written.
#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "compare/store/store.hpp"
#include "tests/cli/command.hpp"
#include "tests/cli/state_file.hpp"
#include "tests/support/catch.hpp"

using namespace grok;

namespace {

struct BadInput {
  const char* line;
  const char* message;  // part of the one line
};

void write_csv_files(const Scratch& files) {
  files.write("good.csv", "i,j\n0,0\n0,1\n1,1\n");
  files.write("twice.csv", "i,j\n0,1\n2,2\n1,0\n");
  files.write("outside.csv", "i,j\n0,1\n0,10\n");
  files.write("negative.csv", "0,1\n-1,2\n");
  files.write("text.csv", "i,j\n0,one\n");
  files.write("empty.csv", "");
  files.write("header.csv", "i,j\n");
  files.write("wide.csv", "0,1,2\n");
  files.write("group.csv", "a,b,c\n0,0,0\n0,1,1\n1,1,0\n");
  files.write("gap.csv", "a,b,c\n0,0,0\n1,1,0\n");
  files.write("doubled.csv", "a,b,c\n0,0,0\n0,1,1\n0,1,0\n1,1,0\n");
  files.write("output.csv", "a,b,c\n0,0,0\n0,1,-1\n1,1,0\n");
  files.write("file", "not a folder");
  std::filesystem::create_directory(files / "folder");
}

void write_toml_files(const Scratch& files) {
  const std::string run = "[run]\ntask = \"addition\"\nsymbols = 5\ntrain = 10\n";
  files.write("run.toml", run);
  files.write("study.toml", run + "[axes]\nseed = [1, 2]\n");
  files.write("syntax.toml", "[run\n");
  files.write("unknown.toml", run + "decoder_rat = 1e-3\n");
  files.write("type.toml", run + "decoder_rate = \"fast\"\n");
  files.write("float.toml", run + "steps = 10.5\n");
  files.write("range.toml", run + "decoder_rate = -1.0\n");
  files.write("emptyaxis.toml", run + "[axes]\nseed = []\n");
  files.write("axiskey.toml", run + "[axes]\nsed = [1]\n");
  files.write("zip.toml", run + "[zip]\nseed = [1, 2]\nsteps = [1]\n");
  files.write("notask.toml", "[run]\nsymbols = 5\ntrain = 10\n");
  files.write("section.toml", run + "[axis]\nseed = [1]\n");
  files.write("absentpairs.toml", "[run]\ntask = \"addition\"\nsymbols = 5\npairs = \"no.csv\"\n");
}

void write_state_files(const Scratch& files) {
  files.write("broken.json", "{\"train\": [");
  files.write("key.json", "{\"weights\": 1}");
  files.write("shape.json", "{\"train\": [[0, 0]], \"embeddings\": [[1], [2]]}");
  toy::RunSpec spec;
  spec.symbols = 5;
  spec.train = 10;
  files.write("state.json", state_json(draw_initial_state(resolve(spec, "test"))).dump());
}

void write_stores(const Scratch& files) {
  files.write("text.db", "this is no database, and long enough to be read as one: 0123456789\n");
  { const Store store(files / "newer.db"); }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((files / "newer.db").c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "pragma user_version = 99", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  REQUIRE(sqlite3_open((files / "other.db").c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, "create table t (x)", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

void check_all(const std::vector<BadInput>& table) {
  const Here here("bad-input");
  write_csv_files(here.files);
  write_toml_files(here.files);
  write_state_files(here.files);
  write_stores(here.files);
  const auto before = snapshot(here.files.folder());
  std::set<std::string> lines;
  for (const BadInput& bad : table) {
    CAPTURE(bad.line);
    CHECK(lines.insert(bad.line).second);
    const CommandOutput outcome = run_line(bad.line);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::ranges::count(outcome.err, '\n') == 1);
    CHECK(outcome.err.ends_with('\n'));
    CHECK(outcome.err.starts_with("groktheory: "));
    CHECK_THAT(outcome.err, ContainsSubstring(bad.message));
    CHECK(snapshot(here.files.folder()) == before);
  }
}

}  // namespace

TEST_CASE("bad input: the command line itself", "[cli][bad]") {
  check_all({
      {"predct", "command = 'predct', allowed predict? (of predict, threshold"},
      {"predct --help", "command = 'predct', allowed predict? (of predict, threshold"},
      {"predict --symbols 10 --train 4 --rate 1e-400",
       "--rate = '1e-400', allowed 0, or a size in"},
      {"help predct", "command = 'predct', allowed predict? (of predict, threshold"},
      {"help study plam", "study: command = 'plam', allowed plan? (of run, status"},
      {"help predict more", "predict: command = 'more', allowed nothing"},
      {"--frobnicate", "command = '--frobnicate', allowed predict"},
      {"study plant", "study: command = 'plant', allowed plan? (of run, status"},
      {"predict --symbols", "predict: --symbols = nothing, allowed N (p: number of symbols"},
      {"predict --symbols 10 --train 45 --sed 3",
       "predict: argument = '--sed', allowed --seed? (of the arguments of 'groktheory"},
      {"predict --symbols 10 --train 45 --vocabulary=3",
       "'--vocabulary=3', allowed --symbols? (of"},
      {"predict --symbols 10 --train 45 more",
       "argument = 'more', allowed the arguments of 'groktheory"},
      {"predict --symbols 10 --train 45 help", "argument = 'help', allowed --help? (of"},
      {"predict --symbols 10 --symbols 11 --train 45",
       "predict: --symbols = given 2 times, allowed once"},
      {"predict --symbols 10 --train 45 --json=3",
       "predict: --json = given with a value, allowed without a value"},
      {"predict --symbols 10 --train 45 --task --json",
       "predict: --task = '--json', allowed addition"},
      {"study run study.toml", "study run: --store = nothing, allowed FILE (SQLite file of the"},
      {"study run --store s.db",
       "study run: FILE = nothing, allowed FILE (TOML file of the study)"},
      {"study run study.toml --store --json",
       "study run: --store = '--json', allowed FILE (SQLite file of the records)"},
      {"study merge --store s.db", "study merge: FILE... = nothing, allowed FILE... (stores to"},
      {"study export study.toml --store s.db --points --curves",
       "study export: --points, --curves = both, allowed one of them"},
      {"show --store s.db", "show: IDENTITY = nothing, allowed IDENTITY (its name"},
      {"train --decoder-widths", "train: --decoder-widths = nothing, allowed N,N,...|none (widths"},
      {"train --symbols 10 --train 45 --learning-rate 1e-3",
       "argument = '--learning-rate', allowed --representation-rate, --decoder-rate? (of the"},
      {"train --model diagonals", "train: model = 'diagonals', allowed diagonal? (of toy, linear"},
      {"study run study.toml --store ''", "study run: --store = '', allowed the name of a file"},
  });
}

TEST_CASE("bad input: predict, threshold, rates", "[cli][bad]") {
  check_all({
      {"predict --train 45", "predict: --symbols = nothing, allowed an integer in [2, 100000]"},
      {"predict --symbols 0 --train 1", "predict: --symbols = 0, allowed [2, 100000]"},
      {"predict --symbols 1 --train 1", "predict: --symbols = 1, allowed [2, 100000]"},
      {"predict --symbols -3 --train 1", "predict: --symbols = -3, allowed [2, 100000]"},
      {"predict --symbols 1000000000 --train 1", "--symbols = 1000000000, allowed [2, 100000]"},
      {"predict --symbols 99999999999999999999 --train 1",
       "'99999999999999999999', allowed an int"},
      {"predict --symbols ten --train 1", "predict: --symbols = 'ten', allowed an integer"},
      {"predict --symbols 1e1 --train 1", "predict: --symbols = '1e1', allowed an integer"},
      {"predict --symbols 0x10 --train 1", "predict: --symbols = '0x10', allowed an integer"},
      {"predict --symbols 1_0 --train 1", "predict: --symbols = '1_0', allowed an integer"},
      {"predict --symbols 10.0 --train 1", "predict: --symbols = '10.0', allowed an integer"},
      {"predict --symbols 10", "predict: --train, --pairs = neither, allowed one of them"},
      {"predict --symbols 10 --train 0", "predict: --train = 0, allowed [1, 55]"},
      {"predict --symbols 10 --train 56", "predict: --train = 56, allowed [1, 55]"},
      {"predict --symbols 10 --train -1", "predict: --train = -1, allowed [1, 55]"},
      {"predict --symbols 10 --train 4 --seed -1", "--seed = -1, allowed [0, 9007199254740992]"},
      {"predict --symbols 10 --train 4 --rate -1e-3", "predict: --rate = -0.001, allowed [0, 10]"},
      {"predict --symbols 10 --train 4 --rate nan", "predict: --rate = nan, allowed [0, 10]"},
      {"predict --symbols 10 --train 4 --rate inf", "predict: --rate = inf, allowed [0, 10]"},
      {"predict --symbols 10 --train 4 --rate fast", "--rate = 'fast', allowed a number"},
      {"predict --symbols 10 --train 4 --rate --json", "--rate = '--json', allowed a number"},
      {"predict --symbols 10 --train 4 --normalisation max", "= max, allowed sum"},
      {"predict --task sums --symbols 10 --train 4", "--task = 'sums', allowed addition, modular"},
      {"predict --task table --train 4", "predict: --table = nothing, allowed a CSV file"},
      {"predict --task table --table group.csv --symbols 2 --train 1",
       "--symbols = 2, allowed noth"},
      {"predict --table group.csv --symbols 2 --train 1", "--table = group.csv, allowed nothing"},
      {"predict --task table --table gap.csv --train 1", "gap.csv: entries = 2, allowed 3 for 2"},
      {"predict --task table --table doubled.csv --train 1",
       "doubled.csv:4: pair = (0,1), allowed"},
      {"predict --task table --table output.csv --train 1", "output.csv:3: c = -1, allowed [0"},
      {"predict --task table --table no.csv --train 1", "no.csv (No such file or directory), all"},
      {"predict --task table --table group.csv --train 4", "predict: --train = 4, allowed [1, 3]"},
      {"predict --symbols 10 --pairs no.csv", "file = no.csv (No such file or directory), allowed"},
      {"predict --symbols 10 --pairs folder", "file = folder (a folder), allowed a readable file"},
      {"predict --symbols 10 --pairs twice.csv",
       "twice.csv:4: pair = (1,0), allowed each pair once"},
      {"predict --symbols 10 --pairs outside.csv", "outside.csv:3: symbol = 10, allowed [0, 9]"},
      {"predict --symbols 10 --pairs negative.csv", "negative.csv:2: symbol = -1, allowed [0, 9]"},
      {"predict --symbols 10 --pairs text.csv", "text.csv:2: cell = 'one', allowed an integer"},
      {"predict --symbols 10 --pairs empty.csv", "empty.csv: rows = 0, allowed one or more"},
      {"predict --symbols 10 --pairs header.csv", "header.csv: rows = 0, allowed one or more"},
      {"predict --symbols 10 --pairs wide.csv", "wide.csv:1: columns = 3, allowed 2 (i,j)"},
      {"predict --symbols 10 --pairs good.csv --train 3", "--train, --pairs = both, allowed one"},
      {"predict --symbols 10 --pairs good.csv --seed 3", "predict: --seed = 3, allowed nothing"},
      {"threshold --symbols 10 --draws 0", "threshold: --draws = 0, allowed [1, 10000000]"},
      {"threshold --symbols 10 --draws 100000000", "--draws = 100000000, allowed [1, 10000000]"},
      {"threshold --symbols 10 --threads 0", "threshold: --threads = 0, allowed [1, 4096]"},
      {"threshold --symbols 10 --train 4", "threshold: argument = '--train', allowed the argu"},
      {"rates --symbols 401 --draws 1", "symbols = 401, allowed [2, 400]"},
      {"rates --symbols 10 --draws many", "rates: --draws = 'many', allowed an integer"},
  });
}

TEST_CASE("bad input: flow", "[cli][bad]") {
  check_all({
      {"flow --symbols 10 --train 45", "flow: --time, --steps = neither, allowed one of them"},
      {"flow --task permutations --symbols 6 --train 20 --time 1",
       "loss parallelogram: task = permutations (matrix-product), allowed tasks whose embeddings"},
      {"flow --symbols 10 --train 45 --time 1 --steps 3", "--time, --steps = both, allowed one"},
      {"flow --symbols 10 --train 45 --time 1 --flow newton",
       "--flow = 'newton', allowed gradient"},
      {"flow --symbols 10 --train 45 --time 1 --loss mse", "--loss = 'mse', allowed parallelogram"},
      {"flow --symbols 10 --train 45 --time -1", "flow: --time = -1, allowed [1e-12"},
      {"flow --symbols 10 --train 45 --time nan", "flow: --time = nan, allowed [1e-12"},
      {"flow --symbols 10 --train 45 --time 1 --tolerance 0", "--tolerance = 0, allowed [1e-14"},
      {"flow --symbols 10 --train 45 --time 1 --dt 0", "flow: --dt = 0, allowed [1e-12"},
      {"flow --symbols 10 --train 45 --time 1 --dt 0.3", "--dt = 0.3, allowed a whole fraction"},
      {"flow --symbols 10 --train 45 --time 1 --dt 2", "--dt = 2, allowed a whole fraction"},
      {"flow --symbols 10 --train 45 --time 1 --dt 0.1 --tolerance 1e-9", "= both, allowed one"},
      {"flow --symbols 10 --train 45 --time 1 --method rk4",
       "--method = given with --flow gradient"},
      {"flow --symbols 10 --train 45 --time 1 --dt 0.1 --method rk5", "'rk5', allowed euler, rk4"},
      {"flow --symbols 10 --train 45 --flow adam --time 1", "--time = given with --flow adam"},
      {"flow --symbols 10 --train 45 --flow adam --steps 9 --dt 1",
       "--dt = given with --flow adam"},
      {"flow --symbols 10 --train 45 --flow linear --time 9 --tolerance 1e-9",
       "--tolerance = given with --flow linear, allowed with --flow gradient"},
      {"flow --symbols 10 --train 45 --time 1 --rate 0", "flow: --rate = 0, allowed (0, 10]"},
      {"flow --symbols 10 --train 45 --time 1 --points 0", "flow: --points = 0, allowed [1,"},
      {"flow --symbols 301 --train 45 --time 1", "flow: symbols = 301, allowed [2, 300]"},
      {"flow --symbols 10 --train 56 --time 1", "flow: train = 56, allowed [1, 55]"},
      {"flow --symbols 10 --train 45 --time 1 --representation-init-scale 0",
       "= no spread, allowed"},
      {"flow --symbols 10 --train 45 --time 1 --out no/flow.csv",
       "--out = no/flow.csv, allowed a f"},
      {"figure fig9 --profile big --out new",
       "fig9_curriculum: profile = 'big', allowed quick, full"},
      {"study run study.toml --store :memory:", "store = ':memory:', allowed the name of a file"},
      {"flow --symbols 10 --pairs good.csv --time 1 --out good.csv",
       "flow: --out = good.csv, allowed a file that is not read as well"},
      {"flow --symbols 10 --train 45 --time 1 --out other.db",
       "flow: --out = other.db, allowed a file that is no database and no .toml: they are never"},
      {"flow --symbols 10 --train 45 --time 1 --out study.toml",
       "flow: --out = study.toml, allowed a file that is no database"},
      {"referee --page other.db", "referee: --page = other.db, allowed a file that is no database"},
      {"referee --page run.toml", "referee: --page = run.toml, allowed a file that is no database"},
      {"flow --symbols 10 --train 45 --time 1 --out folder",
       "flow: --out = folder, allowed a file"},
      {"flow --symbols 10 --train 45 --time 1 --initial-state broken.json", "broken.json"},
      {"flow --symbols 5 --train 4 --time 1 --initial-state state.json",
       "allowed one training set"},
      {"flow --symbols 5 --time 1 --initial-state shape.json", "embeddings = 2 rows, allowed 5"},
      {"flow --symbols 5 --time 1 --seed 3 --initial-state state.json",
       "--seed = 3, allowed nothing"},
  });
}

TEST_CASE("bad input: train", "[cli][bad]") {
  check_all({
      {"train --train 45", "train: --symbols = nothing, allowed an integer in [2, 300]"},
      {"train --symbols 10",
       "train: --train, --train-fraction, --pairs = nothing, allowed one of them"},
      {"train --symbols 10 --train 45 --train-fraction 0.5",
       "--train, --train-fraction = both, allowed one"},
      {"train --symbols 10 --train 45 --train-fraction 0.5 --pairs good.csv",
       "--train, --train-fraction, --pairs = all, allowed one"},
      {"train --symbols 10 --train-fraction 0.009",
       "train: train_fraction = 0.009, allowed one that gives a sample or more of |D0| = 55"},
      {"train --symbols 10 --train-fraction 1.5", "train: train_fraction = 1.5, allowed [0, 1]"},
      {"train --symbols 1000000000 --train 1", "symbols = 1000000000, allowed [2, 300]"},
      {"train --symbols 10 --train 0", "train: train = 0, allowed [1, 55]"},
      {"train --symbols 10 --train 56", "train: train = 56, allowed [1, 55]"},
      {"train --symbols 10 --train 45 --pairs good.csv", "--train, --pairs = both, allowed one"},
      {"train --symbols 10 --pairs twice.csv", "twice.csv:4: pair = (1,0), allowed each pair once"},
      {"train --symbols 10 --train 45 --decoder-rate -1e-3",
       "decoder_rate = -0.001, allowed [0, 10"},
      {"train --symbols 10 --train 45 --representation-rate nan",
       "representation_rate = nan, allow"},
      {"train --symbols 10 --train 45 --decoder-decay inf",
       "decoder_decay = inf, allowed [0, 1000"},
      {"train --symbols 10 --train 45 --decoder-rate quick",
       "--decoder-rate = 'quick', allowed a n"},
      {"train --symbols 10 --train 45 --steps 1e5", "--steps = '1e5', allowed an integer"},
      {"train --symbols 10 --train 45 --steps 100_000", "--steps = '100_000', allowed an integer"},
      {"train --symbols 10 --train 45 --steps 0", "steps = 0, allowed [1, 1000000000]"},
      {"train --symbols 10 --train 45 --batch 46", "batch = 46, allowed [0, 45]"},
      {"train --symbols 10 --train 45 --decoder-widths 200,0",
       "decoder_widths[1] = 0, allowed [1,"},
      {"train --symbols 10 --train 45 --decoder-widths 10000000",
       "decoder_widths[0] = 10000000, allowed [1, 10000]"},
      {"train --symbols 10 --train 45 --decoder-widths 200 -5",
       "decoder_widths[1] = -5, allowed [1"},
      {"train --symbols 10 --train 45 --decoder-widths 200,wide",
       "--decoder-widths = 'wide', allow"},
      {"train --symbols 10 --train 45 --decoder-activation gelu",
       "decoder_activation = 'gelu', al"},
      {"train --symbols 10 --train 45 --loss mae",
       "loss = 'mae', allowed mse, cross-entropy, hinge"},
      {"train --symbols 10 --train 45 --precision half", "precision = 'half', allowed float32"},
      {"train --symbols 10 --train 45 --stop never",
       "stop = 'never', allowed decided, phase, rqi, budget"},
      {"train --symbols 10 --train 45 --seed -1", "seed = -1, allowed [0, 9007199254740992]"},
      {"train --symbols 10 --train 45 --loss cross-entropy --output-dimension 30",
       "= 30, allowed 19"},
      {"train --symbols 10 --train 45 --decoder_rate 1",
       "argument = '--decoder_rate', allowed --decoder-rate? (of"},
      {"train --task table --table group.csv --symbols 2 --train 1",
       "--symbols = 2, allowed nothing"},
      {"train --task table --table gap.csv --train 1", "gap.csv: entries = 2, allowed 3"},
  });
}

TEST_CASE("bad input: the files of train", "[cli][bad]") {
  check_all({
      {"train --spec no.toml", "file = no.toml (No such file or directory), allowed a readable"},
      {"train --spec syntax.toml", "syntax.toml:1: syntax"},
      {"train --spec unknown.toml",
       "unknown.toml:5: key = 'decoder_rat', allowed decoder_rate? (of"},
      {"train --spec type.toml", "type.toml:5: decoder_rate = 'fast', allowed"},
      {"train --spec float.toml", "float.toml:5: steps = 10.5, allowed"},
      {"train --spec range.toml", "range.toml:5: decoder_rate = -1, allowed [0, 10]"},
      {"train --spec study.toml", "study.toml:"},
      {"train --spec run.toml --train 16", "train: train = 16, allowed [1, 15]"},
      {"train --symbols 5 --train 10 --stride 5", "--stride = 5, allowed only with --trajectory"},
      {"train --symbols 5 --train 10 --trajectory t.csv --stride 0",
       "--stride = 0, allowed [1, 10"},
      {"train --symbols 5 --train 10 --trajectory no/t.csv",
       "--trajectory = no/t.csv, allowed a fi"},
      {"train --symbols 5 --train 10 --decoder-widths 20,,20", "'', allowed an integer"},
      {"train --symbols 5 --train 10 --decoder-widths ,20", "'', allowed an integer"},
      {"train --spec run.toml --trajectory run.toml",
       "train: --trajectory = run.toml, allowed a file that is not read as well"},
      {"train --symbols 10 --pairs good.csv --trajectory ./good.csv",
       "--trajectory = ./good.csv, allowed a file that is not read as well"},
      {"train --symbols 5 --train 10 --trajectory other.db",
       "--trajectory = other.db, allowed a file that is no database"},
      {"train --symbols 5 --train 10 --trajectory folder", "--trajectory = folder, allowed a file"},
      {"train --symbols 5 --train 10 --trajectory file/t.csv",
       "--trajectory = file/t.csv, allowed"},
      {"train --symbols 5 --train 10 --trajectory /dev/null",
       "--trajectory = /dev/null, allowed a"},
      {"train --symbols 5 --initial-state no.json",
       "file = no.json (No such file or directory), allow"},
      {"train --symbols 5 --initial-state broken.json",
       "broken.json: syntax = parse error at line 1"},
      {"train --symbols 5 --initial-state key.json", "key.json: content = unknown key 'weights'"},
      {"train --symbols 5 --train 9 --initial-state state.json", "train = 10 samples, allowed 9"},
      {"train --symbols 5 --initial-state state.json --decoder-widths 200",
       "decoder layers = 3, al"},
      {"train --symbols 6 --initial-state state.json", "embeddings = 5 x 1, allowed 6 x 1"},
  });
}

TEST_CASE("bad input: study and figure", "[cli][bad]") {
  check_all({
      {"study run no.toml --store s.db",
       "file = no.toml (No such file or directory), allowed a readable"},
      {"study run syntax.toml --store s.db", "syntax.toml:1: syntax"},
      {"study run unknown.toml --store s.db", "unknown.toml:5: key = 'decoder_rat', allowed"},
      {"study run type.toml --store s.db", "type.toml:5: decoder_rate = 'fast', allowed"},
      {"study run range.toml --store s.db", "range.toml:5: decoder_rate = -1, allowed [0, 10]"},
      {"study run emptyaxis.toml --store s.db", "emptyaxis.toml:6: "},
      {"study run axiskey.toml --store s.db", "axiskey.toml:6: "},
      {"study run zip.toml --store s.db", "zip.toml:7: zip.steps = 1 values, allowed 2"},
      {"study run notask.toml --store s.db", "notask.toml: task = nothing, allowed"},
      {"study run section.toml --store s.db",
       "section.toml:5: key = 'axis', allowed axes? (of name, source"},
      {"study run absentpairs.toml --store s.db",
       "no.csv (No such file or directory), allowed a readable file"},
      {"study run study.toml --store s.db --profile big", "profile = 'big', allowed"},
      {"study run study.toml --store s.db --threads 0", "--threads = 0, allowed [1, 4096]"},
      {"study run study.toml --store s.db --engine gpu",
       "study run: --engine = 'gpu', allowed auto, cpu, torch"},
      {"study run study.toml --store s.db --device tpu",
       "study run: --device = 'tpu', allowed auto, cpu, cuda"},
      {"study run study.toml --store s.db --engine cpu --device cuda",
       "study run: --device = 'cuda', allowed cpu (with --engine cpu)"},
      {"study run study.toml --store text.db", "text.db"},
      {"study run study.toml --store newer.db", "newer.db"},
      {"study run study.toml --store other.db", "other.db"},
      {"study run study.toml --store no/s.db", "no/s.db"},
      {"study run study.toml --store folder", "folder"},
      {"study status study.toml --store s.db", "s.db"},
      {"study export study.toml --store s.db", "s.db"},
      {"study export study.toml --store text.db", "text.db"},
      {"figure", "figure: NAME = nothing, allowed core, all"},
      {"figure figure5", "figure: name = figure5, allowed fig5? (of core, all, fig2"},
      {"figure 6 --out new", "figure: name = 6, allowed fig6? (of core, all"},
      {"figure fig4:fats", "fig4_critical_fraction.toml: profile = 'fats', allowed fast? (of fast"},
      {"figure fig4:", "figure: NAME = 'fig4:', allowed NAME or NAME:PROFILE"},
      {"figure fig4 core:full",
       "figure: NAME = fig4:quick and fig4:full, allowed one profile of a figure in one --out"},
      {"report closedforms --store s.db", "report: name = closedforms, allowed closed-forms? (of"},
      {"figure fig99", "figure: name = fig99, allowed fig9? (of core, all"},
      {"figure fig4 fig99 --out new", "figure: name = fig99, allowed fig9? (of core, all"},
      {"figure fig9 --profile ''", "figure: --profile = '', allowed a name"},
      {"figure core --profile fast", "fig3_accuracy.toml: profile = 'fast', allowed full, quick"},
      {"figure fig4 --profile huge",
       "fig4_critical_fraction.toml: profile = 'huge', allowed fast, full, quick"},
      {"figure fig4 --threads -2", "figure: --threads = -2, allowed [1, 4096]"},
      {"figure fig4 --device gpu --out new", "figure: --device = 'gpu', allowed auto, cpu, cuda"},
      {"bench --repetitions 0", "bench: --repetitions = 0, allowed [1, 1000]"},
      {"bench --seconds 0", "bench: --seconds = 0, allowed [0.001, 3600]"},
      {"figure fig4 --out file", "figure: --out = file, allowed a folder that can be made"},
      {"figure fig4 --out file/new", "figure: --out = file/new, allowed a folder that can be made"},
      {"figure fig4 --out new/deep --store text.db", "text.db"},
      {"figure fig4 --out new/deep --store no/s.db", "no/s.db"},
      {"figure fig4 --list", "figure: --list = with fig4, allowed without names"},
  });
}
