"""The bibliography, and `cite`, which refuses a source it does not know.

A place is only given where it was looked up. What was found under no number `follows` from a line that is said, and names the work
that has it; what follows from one line of school mathematics says from which.
"""

from __future__ import annotations

BIBLIOGRAPHY: dict[str, str] = {
    "magnus-neudecker": "J. R. Magnus and H. Neudecker, Matrix Differential Calculus with Applications in Statistics "
    "and Econometrics, 3rd ed., Wiley 2019",
    "mml": "M. P. Deisenroth, A. A. Faisal and C. S. Ong, Mathematics for Machine Learning, Cambridge University Press 2020",
    "cookbook": "K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, version of 15 November 2012",
    "parr-howard": "T. Parr and J. Howard, The Matrix Calculus You Need For Deep Learning, arXiv:1802.01528, 2018",
    "golub-pereyra-1973": "G. H. Golub and V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares "
    "problems whose variables separate, SIAM J. Numer. Anal. 10 (1973) 413-432",
    "dlmf": "NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov",
    "higham-2008": "N. J. Higham, Functions of Matrices: Theory and Computation, SIAM 2008",
    "al-mohy-higham-2009": "A. H. Al-Mohy and N. J. Higham, Computing the Fréchet derivative of the matrix exponential, "
    "with an application to condition number estimation, SIAM J. Matrix Anal. Appl. 30 (2009) 1639-1657",
    "higham-relton-2013": "N. J. Higham and S. D. Relton, Higher order Fréchet derivatives of matrix functions "
    "and the level-2 condition number, MIMS EPrint 2013.58, The University of Manchester 2013",
    "hendrycks-gimpel-2016": "D. Hendrycks and K. Gimpel, Gaussian Error Linear Units (GELUs), arXiv:1606.08415, 2016",
    "kolda-bader-2009": "T. G. Kolda and B. W. Bader, Tensor Decompositions and Applications, SIAM Review 51 (2009) 455-500",
    "boyd-vandenberghe": "S. Boyd and L. Vandenberghe, Convex Optimization, Cambridge University Press 2004",
}

# How a work is named in a line of a derivation.
SHORT: dict[str, str] = {
    "magnus-neudecker": "Magnus & Neudecker 2019",
    "mml": "Mathematics for Machine Learning 2020",
    "cookbook": "Matrix Cookbook 2012",
    "parr-howard": "Parr & Howard 2018",
    "golub-pereyra-1973": "Golub & Pereyra 1973",
    "dlmf": "NIST DLMF",
    "higham-2008": "Higham 2008",
    "al-mohy-higham-2009": "Al-Mohy & Higham 2009",
    "higham-relton-2013": "Higham & Relton 2013",
    "hendrycks-gimpel-2016": "Hendrycks & Gimpel 2016",
    "kolda-bader-2009": "Kolda & Bader 2009",
    "boyd-vandenberghe": "Boyd & Vandenberghe 2004",
}


def abbreviated(source: str) -> str:
    """A source with its works by author and year."""
    for key, work in BIBLIOGRAPHY.items():
        source = source.replace(work, SHORT[key])
    return source


def work(short: str, full: str) -> str:
    """A work that one block cites, given there: `cite(work("Murray 2016", "I. Murray, …"), "eq. (8)")`."""
    BIBLIOGRAPHY[short], SHORT[short] = full, short
    return short


def follows(reason: str, key: str, place: str = "") -> str:
    """For a statement that was not found in its source under a number: from what it follows, and the work that has it:
    `from S S = X; after Higham …`; with the place of what it follows from, where that was found."""
    return f"from {reason}; {cite(key, place)}" if place else f"from {reason}; after {BIBLIOGRAPHY[key]}"


def cite(key: str, place: str = "") -> str:
    """`Magnus & Neudecker …, section 8.3`; KeyError for a source that is not in the bibliography."""
    return BIBLIOGRAPHY[key] + (f", {place}" if place else "")
