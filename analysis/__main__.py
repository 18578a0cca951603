"""The command: `/usr/bin/python3 -m analysis`."""

import argparse
import pathlib
import sys

from .folder import FolderError

FAILED, WRONG_INPUT = 1, 3


def format_of(text):
    from .plot import FORMATS

    if pathlib.PurePath(text).suffix[1:] not in FORMATS:
        raise argparse.ArgumentTypeError(f"{text}: allowed: a name that ends in .{', .'.join(FORMATS)}")
    return text


def page_name(text):
    if pathlib.PurePath(text).suffix != ".html":
        raise argparse.ArgumentTypeError(f"{text}: allowed: a name that ends in .html")
    return text


def above_zero(kind):
    """A type of options: a number above 0."""
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text}: allowed: a {'whole ' if kind is int else ''}number above 0")
        return value

    return read


def add_multiverse(commands):
    """The command that runs a calibration without each term and pair of terms."""
    multiverse = commands.add_parser("multiverse",
                                     help="calibrates and judges without each term, each pair, all (an hour)")
    multiverse.add_argument("waltz", metavar="WALTZ", help="the program, as build/waltz")
    multiverse.add_argument("design", metavar="DESIGN", help="of a calibration, as configs/calibration/prior.cfg")
    multiverse.add_argument("--only", metavar="ROW", nargs="+",
                            help="these rows alone, anew: full, no_TERM, no_TERM-TERM, plain")
    multiverse.add_argument("--cells", metavar="N", type=above_zero(int), default=8000, help="of each row (8000)")
    multiverse.add_argument("--draws", metavar="N", type=above_zero(int), default=100,
                            help="of each row's posterior (100)")
    multiverse.add_argument("--force", action="store_true", help="anew also what is there with the same settings")
    multiverse.add_argument("-o", "--out", metavar="FOLDER", help="of rows.csv (multiverse/NAME beside the scenario)")


def add_fragility(commands):
    """The command that changes one assumption at a time."""
    fragility = commands.add_parser("fragility",
                                    help="which claims hang on a seed, a code, a start value, a state (half an hour)")
    fragility.add_argument("waltz", metavar="WALTZ", help="the program, as build/waltz")
    fragility.add_argument("scenario", metavar="SCENARIO")
    fragility.add_argument("draws", metavar="DRAWS",
                           help="parameter sets, as configs/calibration/iran-russia/posterior.csv")
    fragility.add_argument("--only", metavar="VARIANT", nargs="+", help="these rows alone, anew, as seed_2")
    fragility.add_argument("--draws", dest="points", metavar="N", type=above_zero(int), default=16,
                           help="the first N parameter sets (16)")
    fragility.add_argument("--replicates", metavar="N", type=above_zero(int), default=32, help="of each (32)")
    fragility.add_argument("--penalty", metavar="X", type=above_zero(float),
                           help="of change points (that of mean paths in configs/robustness/<scenario>/searches.csv)")
    fragility.add_argument("--force", action="store_true", help="anew also what is there with the same settings")


def add_sweeps(commands):
    """The commands that read sweeps."""
    place = {"metavar": "SWEEP", "help": "a store of `waltz sweep`, or a folder of `waltz export`"}
    sweep = commands.add_parser("sweep", help="writes a page on a sweep: what its factors change, and how surely")
    sweep.add_argument("place", **place)
    sweep.add_argument("-o", "--output", metavar="FILE", type=page_name,
                       help=".html (beside a store: NAME.db gives NAME.html; FOLDER/report.html)")
    what = "an outcome, or the share of cells that show a claim, over"
    response = commands.add_parser("response", help=f"plots {what} a factor")
    surface = commands.add_parser("map", help=f"maps {what} two factors")
    for command in (response, surface):
        command.add_argument("place", **place)
        asked = command.add_mutually_exclusive_group(required=True)
        asked.add_argument("--outcome", metavar="NAME", help="as in summaries.csv")
        asked.add_argument("--claim", metavar="NAME", help="as in claims.csv")
        command.add_argument("--arm", metavar="NAME", help="of an outcome (the first)")
        command.add_argument("-o", "--output", metavar="FILE", type=format_of, help=".svg, .png or .pdf")
    response.add_argument("--factor", metavar="NAME", required=True)
    response.add_argument("--by", metavar="NAME", help="another factor, or arm: a curve for each of its levels")
    surface.add_argument("--factors", metavar=("ACROSS", "UP"), nargs=2, required=True)


def parser():
    top = argparse.ArgumentParser(prog="analysis", description="Reads what waltz leaves: folders of runs, and sweeps.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="writes FOLDER/report.html")
    report.add_argument("folder", metavar="FOLDER", help="of `waltz run` or `waltz reproduce`")
    report.add_argument("--robustness", metavar="FOLDER",
                        help="results to show beside it (configs/robustness/<scenario>)")
    plot = commands.add_parser("plot", help="plots one series by month: mean, and the range of 90 %% of the runs")
    plot.add_argument("folder", metavar="FOLDER", help="of `waltz run` or `waltz reproduce`")
    plot.add_argument("--measure", required=True, help="as in summary.csv: cooperation, acts, polarisation, ...")
    plot.add_argument("--subject", required=True, help="IRN-RUS, \"IRN>RUS\", IRN or system")
    plot.add_argument("--compare", metavar="FOLDER", help="a second run in the same figure")
    plot.add_argument("-o", "--output", metavar="FILE", type=format_of,
                      help=".svg, .png or .pdf (MEASURE_SUBJECT.svg in the current folder)")
    robustness = commands.add_parser("robustness", help="judges all claims over the posterior and the prior (half an hour)")
    robustness.add_argument("waltz", metavar="WALTZ", help="the program, as build/waltz")
    robustness.add_argument("scenario", metavar="SCENARIO")
    robustness.add_argument("draws", metavar="DRAWS", help="parameter sets, as configs/calibration/iran-russia/posterior.csv")
    robustness.add_argument("prior", metavar="PRIOR", help="parameter sets of the prior, as configs/draws/prior.csv")
    robustness.add_argument("--draws", metavar="N", dest="most", type=above_zero(int), default=400, help="of DRAWS, the first (400)")
    calibrate = commands.add_parser("calibrate", help="makes the shipped posterior anew (half an hour)")
    calibrate.add_argument("waltz", metavar="WALTZ", help="the program, as build/waltz")
    calibrate.add_argument("design", metavar="DESIGN", help="as configs/calibration/prior.cfg")
    add_multiverse(commands)
    add_fragility(commands)
    add_sweeps(commands)
    return top


def run_sweeps(options):
    """What reads a sweep."""
    if options.command == "sweep":
        from .sweep_page import write

        return write(options.place, options.output)
    from . import explore

    asked = options.outcome, options.claim
    if options.command == "map":
        return explore.write_map(options.place, asked, options.factors, options.arm, options.output)
    return explore.write_response(options.place, asked, options.factor, options.by, options.arm, options.output)


def run(options):
    if options.command in ("sweep", "response", "map"):
        return run_sweeps(options)
    if options.command == "report":
        from .report import write

        return write(options.folder, options.robustness)
    if options.command == "calibrate":
        from .calibrate import run as run_calibration

        return run_calibration(options.waltz, options.design)
    if options.command == "multiverse":
        from .multiverse import run as run_multiverse

        given = {name: value for name, value in vars(options).items() if name != "command"}
        return run_multiverse(**given)
    if options.command == "fragility":
        from .fragility import run as run_fragility

        given = {name: value for name, value in vars(options).items() if name != "command"}
        return run_fragility(**given)
    if options.command == "robustness":
        from .robustness import run as run_all

        return run_all(options.waltz, options.scenario, options.draws, options.prior, options.most)
    from .plot import write

    places = [options.folder] + ([options.compare] if options.compare else [])
    return write(places, options.measure, options.subject, options.output)


def main(arguments=None):
    options = parser().parse_args(arguments)
    try:
        print(run(options))
    except FolderError as error:
        print(f"analysis: {error}", file=sys.stderr)
        return WRONG_INPUT
    except OSError as error:
        print(f"analysis: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
