"""The table of the parser, made from grammar/matcalc.lark by `python -m matcalc.reading.lalr`. Not to be edited."""

# fmt: off
DIGEST = "019d7a8c733fc3d0"
LAST = 27
RULES = """
=start start 1
column start 5
column start 4
=sum sum 2
=sum sum 1
=signed signed 1
neg signed 2
=term term 1
=term term 1
=frobenius frobenius 1
inner frobenius 3
=open_frobenius open_frobenius 1
inner open_frobenius 3
=hadamard hadamard 1
ew hadamard 2
=open_hadamard open_hadamard 1
ew open_hadamard 2
- _hadamard_head 2
- _hadamard_head 3
=signed_product signed_product 1
neg signed_product 2
=open_signed_product open_signed_product 1
neg open_signed_product 2
=product product 1
mul product 2
=open_product open_product 1
mul open_product 2
- _product_head 2
- _product_head 3
- _times 1
- _times 1
=signed_factor signed_factor 1
neg signed_factor 2
=open_signed_factor open_signed_factor 1
neg open_signed_factor 2
binder binder 2
binder binder 7
=factor factor 1
=factor factor 1
=plain plain 1
postfix plain 2
postfix plain 2
index plain 4
index plain 4
power power 3
=exponent exponent 1
neg exponent 2
num atom 1
name atom 1
group atom 3
call atom 5
call atom 4
literal atom 4
literal atom 3
iverson atom 3
norm atom 3
bars atom 3
inner atom 5
cases atom 5
cases atom 4
row row 2
row row 1
- _items 2
- _items 1
=item item 1
all item 1
tuple item 4
- _case 1
- _case 1
=condition condition 1
both condition 2
comparison comparison 3
- __start_plus_0 2
- __start_plus_0 3
- __sum_star_1 2
- __sum_star_1 2
- __sum_star_1 3
- __sum_star_1 3
- __atom_star_2 2
- __atom_star_2 3
- __atom_star_3 2
- __atom_star_3 3
- ___items_star_4 2
- ___items_star_4 3
- __condition_plus_5 2
- __condition_plus_5 3
"""
STATES = """
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 8 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 start 28 sum 29 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 32 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 33 term 30
ANGLE 2 BAR 3 BINDER 4 BOUNDS 34 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 +
power 25 product 26 signed 35 term 30
LPAR 36
LPAR 37
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 comparison 38 condition 39 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain +
24 power 25 product 26 signed 27 sum 40 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 41 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 row +
42 signed 27 sum 43 term 30
$END -49 AND -49 CARET -49 CMP -49 COLON -49 COMMA -49 ENDANGLE -49 ENDBAR -49 ENDBOUNDS -49 ENDNORM -49 EW -49 INDEX -49 JUXT -49 +
MINUS -49 MUL -49 PLUS -49 POST -49 RPAR -49 RSQ -49 SEMI -49
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 44 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 45 term 30
$END -48 AND -48 CARET -48 CMP -48 COLON -48 COMMA -48 ENDANGLE -48 ENDBAR -48 ENDBOUNDS -48 ENDNORM -48 EW -48 INDEX -48 JUXT -48 +
MINUS -48 MUL -48 PLUS -48 POST -48 RPAR -48 RSQ -48 SEMI -48
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 46 NORM 12 NUM 13 _product_head 15 atom 16 binder 17 +
factor 18 open_product 47 open_signed_product 48 plain 24 power 25 product 49 signed_product 50
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 51 NORM 12 NUM 13 atom 16 binder 52 factor 53 +
open_signed_factor 54 plain 24 power 25 signed_factor 55
$END -40 AND -40 CARET -40 CMP -40 COLON -40 COMMA -40 ENDANGLE -40 ENDBAR -40 ENDBOUNDS -40 ENDNORM -40 EW -40 INDEX -40 JUXT -40 +
MINUS -40 MUL -40 PLUS -40 POST -40 RPAR -40 RSQ -40 SEMI -40
$END -26 AND -26 CMP -26 COMMA -26 ENDANGLE -26 ENDBAR -26 ENDBOUNDS -26 ENDNORM -26 MINUS -26 PLUS -26 RPAR -26 RSQ -26 SEMI -26
$END -24 AND -24 CMP -24 COLON -24 COMMA -24 ENDANGLE -24 ENDBAR -24 ENDBOUNDS -24 ENDNORM -24 EW -24 JUXT 56 MINUS -24 MUL 57 PLUS +
-24 RPAR -24 RSQ -24 SEMI -24 _times 58
$END -8 AND -8 CMP -8 COMMA -8 ENDANGLE -8 ENDBAR -8 ENDBOUNDS -8 ENDNORM -8 MINUS -8 PLUS -8 RPAR -8 RSQ -8 SEMI -8
$END -10 AND -10 CMP -10 COLON 59 COMMA -10 ENDANGLE -10 ENDBAR -10 ENDBOUNDS -10 ENDNORM -10 MINUS -10 PLUS -10 RPAR -10 RSQ -10 +
SEMI -10
$END -9 AND -9 CMP -9 COMMA -9 ENDANGLE -9 ENDBAR -9 ENDBOUNDS -9 ENDNORM -9 MINUS -9 PLUS -9 RPAR -9 RSQ -9 SEMI -9
$END -12 AND -12 CMP -12 COMMA -12 ENDANGLE -12 ENDBAR -12 ENDBOUNDS -12 ENDNORM -12 MINUS -12 PLUS -12 RPAR -12 RSQ -12 SEMI -12
$END -16 AND -16 CMP -16 COMMA -16 ENDANGLE -16 ENDBAR -16 ENDBOUNDS -16 ENDNORM -16 MINUS -16 PLUS -16 RPAR -16 RSQ -16 SEMI -16
$END -38 AND -38 CARET 60 CMP -38 COLON -38 COMMA -38 ENDANGLE -38 ENDBAR -38 ENDBOUNDS -38 ENDNORM -38 EW -38 INDEX 61 JUXT -38 +
MINUS -38 MUL -38 PLUS -38 POST 62 RPAR -38 RSQ -38 SEMI -38
$END -39 AND -39 CMP -39 COLON -39 COMMA -39 ENDANGLE -39 ENDBAR -39 ENDBOUNDS -39 ENDNORM -39 EW -39 INDEX 63 JUXT -39 MINUS -39 +
MUL -39 PLUS -39 POST 64 RPAR -39 RSQ -39 SEMI -39
$END -14 AND -14 CMP -14 COLON -14 COMMA -14 ENDANGLE -14 ENDBAR -14 ENDBOUNDS -14 ENDNORM -14 EW 65 MINUS -14 PLUS -14 RPAR -14 +
RSQ -14 SEMI -14
$END -5 AND -5 CMP -5 COMMA -5 ENDANGLE -5 ENDBAR -5 ENDBOUNDS -5 ENDNORM -5 MINUS 66 PLUS 67 RPAR -5 RSQ -5 SEMI -5 __sum_star_1 +
68

$END -1
$END -6 AND -6 CMP -6 COMMA -6 ENDANGLE -6 ENDBAR -6 ENDBOUNDS -6 ENDNORM -6 MINUS -6 PLUS -6 RPAR -6 RSQ -6 SEMI -6
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 69 term 30
COMMA 70
ENDBAR 71
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 72 term 30
$END -36 AND -36 CMP -36 COMMA -36 ENDANGLE -36 ENDBAR -36 ENDBOUNDS -36 ENDNORM -36 MINUS -36 PLUS -36 RPAR -36 RSQ -36 SEMI -36
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 73 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _case 74 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 comparison 38 condition 75 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 +
open_product 23 plain 24 power 25 product 26 signed 27 sum 76 term 30
AND 77 COMMA -70 RPAR -70 RSQ -70 __condition_plus_5 78
RSQ 79
CMP 80
COMMA 81 RPAR 82 __start_plus_0 83
RSQ 84 SEMI 85 __atom_star_2 86
COMMA 81 RSQ -62 SEMI -62 __start_plus_0 87
$END -7 AND -7 CMP -7 COMMA -7 ENDANGLE -7 ENDBAR -7 ENDBOUNDS -7 ENDNORM -7 MINUS -7 PLUS -7 RPAR -7 RSQ -7 SEMI -7
ENDNORM 88
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 46 NORM 12 NUM 13 _product_head 15 atom 16 binder 17 +
factor 18 open_product 47 open_signed_product 89 plain 24 power 25 product 49 signed_product 90
$END -22 AND -22 CMP -22 COMMA -22 ENDANGLE -22 ENDBAR -22 ENDBOUNDS -22 ENDNORM -22 MINUS -22 PLUS -22 RPAR -22 RSQ -22 SEMI -22
$END -17 AND -17 CMP -17 COMMA -17 ENDANGLE -17 ENDBAR -17 ENDBOUNDS -17 ENDNORM -17 MINUS -17 PLUS -17 RPAR -17 RSQ -17 SEMI -17
$END -20 AND -20 CMP -20 COLON -20 COMMA -20 ENDANGLE -20 ENDBAR -20 ENDBOUNDS -20 ENDNORM -20 EW -20 MINUS -20 PLUS -20 RPAR -20 +
RSQ -20 SEMI -20
$END -15 AND -15 CMP -15 COLON -15 COMMA -15 ENDANGLE -15 ENDBAR -15 ENDBOUNDS -15 ENDNORM -15 EW 91 MINUS -15 PLUS -15 RPAR -15 +
RSQ -15 SEMI -15
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 51 NORM 12 NUM 13 atom 16 binder 52 factor 53 +
open_signed_factor 92 plain 24 power 25 signed_factor 93
$END -34 AND -34 CMP -34 COMMA -34 ENDANGLE -34 ENDBAR -34 ENDBOUNDS -34 ENDNORM -34 MINUS -34 PLUS -34 RPAR -34 RSQ -34 SEMI -34
$END -32 AND -32 CMP -32 COLON -32 COMMA -32 ENDANGLE -32 ENDBAR -32 ENDBOUNDS -32 ENDNORM -32 EW -32 JUXT -32 MINUS -32 MUL -32 +
PLUS -32 RPAR -32 RSQ -32 SEMI -32
$END -27 AND -27 CMP -27 COMMA -27 ENDANGLE -27 ENDBAR -27 ENDBOUNDS -27 ENDNORM -27 MINUS -27 PLUS -27 RPAR -27 RSQ -27 SEMI -27
$END -25 AND -25 CMP -25 COLON -25 COMMA -25 ENDANGLE -25 ENDBAR -25 ENDBOUNDS -25 ENDNORM -25 EW -25 JUXT 56 MINUS -25 MUL 57 PLUS +
-25 RPAR -25 RSQ -25 SEMI -25 _times 94
ANGLE -30 BAR -30 BINDER -30 CALL -30 CASES -30 IVERSON -30 LPAR -30 LSQ -30 NAME -30 NEG -30 NORM -30 NUM -30
ANGLE -31 BAR -31 BINDER -31 CALL -31 CASES -31 IVERSON -31 LPAR -31 LSQ -31 NAME -31 NEG -31 NORM -31 NUM -31
ANGLE -28 BAR -28 BINDER -28 CALL -28 CASES -28 IVERSON -28 LPAR -28 LSQ -28 NAME -28 NEG -28 NORM -28 NUM -28
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom 16 +
binder 17 factor 18 hadamard 95 open_hadamard 96 open_product 23 plain 24 power 25 product 26
ANGLE 2 BAR 3 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 97 NORM 12 NUM 13 atom 98 exponent 99
ALL 100 ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 101 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _items 102 +
_product_head 15 atom 16 binder 17 factor 18 frobenius 19 hadamard 20 item 103 open_frobenius 21 open_hadamard 22 open_product 23 +
plain 24 power 25 product 26 signed 27 sum 104 term 30
$END -41 AND -41 CARET -41 CMP -41 COLON -41 COMMA -41 ENDANGLE -41 ENDBAR -41 ENDBOUNDS -41 ENDNORM -41 EW -41 INDEX -41 JUXT -41 +
MINUS -41 MUL -41 PLUS -41 POST -41 RPAR -41 RSQ -41 SEMI -41
ALL 100 ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 101 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _items 105 +
_product_head 15 atom 16 binder 17 factor 18 frobenius 19 hadamard 20 item 103 open_frobenius 21 open_hadamard 22 open_product 23 +
plain 24 power 25 product 26 signed 27 sum 104 term 30
$END -42 AND -42 CARET -42 CMP -42 COLON -42 COMMA -42 ENDANGLE -42 ENDBAR -42 ENDBOUNDS -42 ENDNORM -42 EW -42 INDEX -42 JUXT -42 +
MINUS -42 MUL -42 PLUS -42 POST -42 RPAR -42 RSQ -42 SEMI -42
ANGLE -18 BAR -18 BINDER -18 CALL -18 CASES -18 IVERSON -18 LPAR -18 LSQ -18 NAME -18 NEG -18 NORM -18 NUM -18
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 106 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 107 term 30
$END -4 AND -4 CMP -4 COMMA -4 ENDANGLE -4 ENDBAR -4 ENDBOUNDS -4 ENDNORM -4 MINUS 108 PLUS 109 RPAR -4 RSQ -4 SEMI -4
RPAR 82
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 110 term 30
$END -57 AND -57 CARET -57 CMP -57 COLON -57 COMMA -57 ENDANGLE -57 ENDBAR -57 ENDBOUNDS -57 ENDNORM -57 EW -57 INDEX -57 JUXT -57 +
MINUS -57 MUL -57 PLUS -57 POST -57 RPAR -57 RSQ -57 SEMI -57
COMMA 111
COMMA 81 RPAR 112 __start_plus_0 113
COMMA 114 RPAR 115 __atom_star_3 116
COMMA -69 RPAR -69
CMP 80 COMMA -68 RPAR -68
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 comparison 117 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 +
product 26 signed 27 sum 40 term 30
AND 118 COMMA -71 RPAR -71 RSQ -71
$END -55 AND -55 CARET -55 CMP -55 COLON -55 COMMA -55 ENDANGLE -55 ENDBAR -55 ENDBOUNDS -55 ENDNORM -55 EW -55 INDEX -55 JUXT -55 +
MINUS -55 MUL -55 PLUS -55 POST -55 RPAR -55 RSQ -55 SEMI -55
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 119 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 120 term 30
$END -50 AND -50 CARET -50 CMP -50 COLON -50 COMMA -50 ENDANGLE -50 ENDBAR -50 ENDBOUNDS -50 ENDNORM -50 EW -50 INDEX -50 JUXT -50 +
MINUS -50 MUL -50 PLUS -50 POST -50 RPAR -50 RSQ -50 SEMI -50
COMMA 121 RPAR 122
$END -54 AND -54 CARET -54 CMP -54 COLON -54 COMMA -54 ENDANGLE -54 ENDBAR -54 ENDBOUNDS -54 ENDNORM -54 EW -54 INDEX -54 JUXT -54 +
MINUS -54 MUL -54 PLUS -54 POST -54 RPAR -54 RSQ -54 SEMI -54
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 row +
123 signed 27 sum 43 term 30
RSQ 124 SEMI 125
COMMA 121 RSQ -61 SEMI -61
$END -56 AND -56 CARET -56 CMP -56 COLON -56 COMMA -56 ENDANGLE -56 ENDBAR -56 ENDBOUNDS -56 ENDNORM -56 EW -56 INDEX -56 JUXT -56 +
MINUS -56 MUL -56 PLUS -56 POST -56 RPAR -56 RSQ -56 SEMI -56
$END -23 AND -23 CMP -23 COMMA -23 ENDANGLE -23 ENDBAR -23 ENDBOUNDS -23 ENDNORM -23 MINUS -23 PLUS -23 RPAR -23 RSQ -23 SEMI -23
$END -21 AND -21 CMP -21 COLON -21 COMMA -21 ENDANGLE -21 ENDBAR -21 ENDBOUNDS -21 ENDNORM -21 EW -21 MINUS -21 PLUS -21 RPAR -21 +
RSQ -21 SEMI -21
ANGLE -19 BAR -19 BINDER -19 CALL -19 CASES -19 IVERSON -19 LPAR -19 LSQ -19 NAME -19 NEG -19 NORM -19 NUM -19
$END -35 AND -35 CMP -35 COMMA -35 ENDANGLE -35 ENDBAR -35 ENDBOUNDS -35 ENDNORM -35 MINUS -35 PLUS -35 RPAR -35 RSQ -35 SEMI -35
$END -33 AND -33 CMP -33 COLON -33 COMMA -33 ENDANGLE -33 ENDBAR -33 ENDBOUNDS -33 ENDNORM -33 EW -33 JUXT -33 MINUS -33 MUL -33 +
PLUS -33 RPAR -33 RSQ -33 SEMI -33
ANGLE -29 BAR -29 BINDER -29 CALL -29 CASES -29 IVERSON -29 LPAR -29 LSQ -29 NAME -29 NEG -29 NORM -29 NUM -29
$END -11 AND -11 CMP -11 COMMA -11 ENDANGLE -11 ENDBAR -11 ENDBOUNDS -11 ENDNORM -11 MINUS -11 PLUS -11 RPAR -11 RSQ -11 SEMI -11
$END -13 AND -13 CMP -13 COMMA -13 ENDANGLE -13 ENDBAR -13 ENDBOUNDS -13 ENDNORM -13 MINUS -13 PLUS -13 RPAR -13 RSQ -13 SEMI -13
ANGLE 2 BAR 3 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 97 NORM 12 NUM 13 atom 98 exponent 126
$END -46 AND -46 CMP -46 COLON -46 COMMA -46 ENDANGLE -46 ENDBAR -46 ENDBOUNDS -46 ENDNORM -46 EW -46 INDEX -46 JUXT -46 MINUS -46 +
MUL -46 PLUS -46 POST -46 RPAR -46 RSQ -46 SEMI -46
$END -45 AND -45 CMP -45 COLON -45 COMMA -45 ENDANGLE -45 ENDBAR -45 ENDBOUNDS -45 ENDNORM -45 EW -45 INDEX -45 JUXT -45 MINUS -45 +
MUL -45 PLUS -45 POST -45 RPAR -45 RSQ -45 SEMI -45
COMMA -66 RSQ -66
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 127 term 30
RSQ 128
COMMA 129 RSQ -64 ___items_star_4 130
COMMA -65 RSQ -65
RSQ 131
$END -76 AND -76 CMP -76 COMMA -76 ENDANGLE -76 ENDBAR -76 ENDBOUNDS -76 ENDNORM -76 MINUS -76 PLUS -76 RPAR -76 RSQ -76 SEMI -76
$END -75 AND -75 CMP -75 COMMA -75 ENDANGLE -75 ENDBAR -75 ENDBOUNDS -75 ENDNORM -75 MINUS -75 PLUS -75 RPAR -75 RSQ -75 SEMI -75
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 132 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 133 term 30
ENDANGLE 134
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 135 term 30
$END -52 AND -52 CARET -52 CMP -52 COLON -52 COMMA -52 ENDANGLE -52 ENDBAR -52 ENDBOUNDS -52 ENDNORM -52 EW -52 INDEX -52 JUXT -52 +
MINUS -52 MUL -52 PLUS -52 POST -52 RPAR -52 RSQ -52 SEMI -52
COMMA 121 RPAR 136
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _case 137 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 comparison 38 condition 75 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 +
open_product 23 plain 24 power 25 product 26 signed 27 sum 76 term 30
$END -60 AND -60 CARET -60 CMP -60 COLON -60 COMMA -60 ENDANGLE -60 ENDBAR -60 ENDBOUNDS -60 ENDNORM -60 EW -60 INDEX -60 JUXT -60 +
MINUS -60 MUL -60 PLUS -60 POST -60 RPAR -60 RSQ -60 SEMI -60
COMMA 138 RPAR 139
AND -85 COMMA -85 RPAR -85 RSQ -85
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 comparison 140 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 +
product 26 signed 27 sum 40 term 30
AND -72 COMMA -72 RPAR -72 RSQ -72
COMMA -73 RPAR -73 RSQ -73 SEMI -73
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 27 sum 141 term 30
$END -3 POST 142
RSQ -79 SEMI -79
$END -53 AND -53 CARET -53 CMP -53 COLON -53 COMMA -53 ENDANGLE -53 ENDBAR -53 ENDBOUNDS -53 ENDNORM -53 EW -53 INDEX -53 JUXT -53 +
MINUS -53 MUL -53 PLUS -53 POST -53 RPAR -53 RSQ -53 SEMI -53
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 row +
143 signed 27 sum 43 term 30
$END -47 AND -47 CMP -47 COLON -47 COMMA -47 ENDANGLE -47 ENDBAR -47 ENDBOUNDS -47 ENDNORM -47 EW -47 INDEX -47 JUXT -47 MINUS -47 +
MUL -47 PLUS -47 POST -47 RPAR -47 RSQ -47 SEMI -47
COMMA 81 RPAR 82 __start_plus_0 144
$END -43 AND -43 CARET -43 CMP -43 COLON -43 COMMA -43 ENDANGLE -43 ENDBAR -43 ENDBOUNDS -43 ENDNORM -43 EW -43 INDEX -43 JUXT -43 +
MINUS -43 MUL -43 PLUS -43 POST -43 RPAR -43 RSQ -43 SEMI -43
ALL 100 ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 101 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 factor 18 frobenius 19 hadamard 20 item 145 open_frobenius 21 open_hadamard 22 open_product 23 +
plain 24 power 25 product 26 signed 27 sum 104 term 30
COMMA 146 RSQ -63
$END -44 AND -44 CARET -44 CMP -44 COLON -44 COMMA -44 ENDANGLE -44 ENDBAR -44 ENDBOUNDS -44 ENDNORM -44 EW -44 INDEX -44 JUXT -44 +
MINUS -44 MUL -44 PLUS -44 POST -44 RPAR -44 RSQ -44 SEMI -44
$END -78 AND -78 CMP -78 COMMA -78 ENDANGLE -78 ENDBAR -78 ENDBOUNDS -78 ENDNORM -78 MINUS -78 PLUS -78 RPAR -78 RSQ -78 SEMI -78
$END -77 AND -77 CMP -77 COMMA -77 ENDANGLE -77 ENDBAR -77 ENDBOUNDS -77 ENDNORM -77 MINUS -77 PLUS -77 RPAR -77 RSQ -77 SEMI -77
$END -58 AND -58 CARET -58 CMP -58 COLON -58 COMMA -58 ENDANGLE -58 ENDBAR -58 ENDBOUNDS -58 ENDNORM -58 EW -58 INDEX -58 JUXT -58 +
MINUS -58 MUL -58 PLUS -58 POST -58 RPAR -58 RSQ -58 SEMI -58
ENDBOUNDS 147
$END -51 AND -51 CARET -51 CMP -51 COLON -51 COMMA -51 ENDANGLE -51 ENDBAR -51 ENDBOUNDS -51 ENDNORM -51 EW -51 INDEX -51 JUXT -51 +
MINUS -51 MUL -51 PLUS -51 POST -51 RPAR -51 RSQ -51 SEMI -51
COMMA -81 RPAR -81
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _case 148 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 comparison 38 condition 75 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 +
open_product 23 plain 24 power 25 product 26 signed 27 sum 76 term 30
$END -59 AND -59 CARET -59 CMP -59 COLON -59 COMMA -59 ENDANGLE -59 ENDBAR -59 ENDBOUNDS -59 ENDNORM -59 EW -59 INDEX -59 JUXT -59 +
MINUS -59 MUL -59 PLUS -59 POST -59 RPAR -59 RSQ -59 SEMI -59
AND -86 COMMA -86 RPAR -86 RSQ -86
COMMA -74 RPAR -74 RSQ -74 SEMI -74
$END -2
RSQ -80 SEMI -80
COMMA 121 RPAR 149
COMMA -83 RSQ -83
ALL 100 ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 101 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 +
_product_head 15 atom 16 binder 17 factor 18 frobenius 19 hadamard 20 item 150 open_frobenius 21 open_hadamard 22 open_product 23 +
plain 24 power 25 product 26 signed 27 sum 104 term 30
ANGLE 2 BAR 3 BINDER 4 CALL 5 CASES 6 IVERSON 7 LPAR 31 LSQ 9 NAME 10 NEG 11 NORM 12 NUM 13 _hadamard_head 14 _product_head 15 atom +
16 binder 17 factor 18 frobenius 19 hadamard 20 open_frobenius 21 open_hadamard 22 open_product 23 plain 24 power 25 product 26 +
signed 151 term 30
COMMA -82 RPAR -82
COMMA -67 RSQ -67
COMMA -84 RSQ -84
$END -37 AND -37 CMP -37 COMMA -37 ENDANGLE -37 ENDBAR -37 ENDBOUNDS -37 ENDNORM -37 MINUS -37 PLUS -37 RPAR -37 RSQ -37 SEMI -37
"""
