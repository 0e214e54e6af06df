# Code too long for short jumps, and tables too long for short indices.
def jumps(a):
    for x in a:
        try:
            if a:
                a.name_0(x, 0)
                a.name_1(x, 7)
                a.name_2(x, 14)
                a.name_3(x, 21)
                a.name_4(x, 28)
                a.name_5(x, 35)
                a.name_6(x, 42)
                a.name_7(x, 49)
                a.name_8(x, 56)
                a.name_9(x, 63)
                a.name_10(x, 70)
                a.name_11(x, 77)
                a.name_12(x, 84)
                a.name_13(x, 91)
                a.name_14(x, 98)
                a.name_15(x, 105)
                a.name_16(x, 112)
                a.name_17(x, 119)
                a.name_18(x, 126)
                a.name_19(x, 133)
                a.name_20(x, 140)
                a.name_21(x, 147)
                a.name_22(x, 154)
                a.name_23(x, 161)
                a.name_24(x, 168)
                a.name_25(x, 175)
                a.name_26(x, 182)
                a.name_27(x, 189)
                a.name_28(x, 196)
                a.name_29(x, 203)
                a.name_30(x, 210)
                a.name_31(x, 217)
                a.name_32(x, 224)
                a.name_33(x, 231)
                a.name_34(x, 238)
                a.name_35(x, 245)
                a.name_36(x, 252)
                a.name_37(x, 259)
                a.name_38(x, 266)
                a.name_39(x, 273)
            elif x:
                continue
            else:
                break
        except ValueError:
            a['key 0'] = x
            a['key 1'] = x
            a['key 2'] = x
            a['key 3'] = x
            a['key 4'] = x
            a['key 5'] = x
            a['key 6'] = x
            a['key 7'] = x
            a['key 8'] = x
            a['key 9'] = x
            a['key 10'] = x
            a['key 11'] = x
            a['key 12'] = x
            a['key 13'] = x
            a['key 14'] = x
            a['key 15'] = x
            a['key 16'] = x
            a['key 17'] = x
            a['key 18'] = x
            a['key 19'] = x
            a['key 20'] = x
            a['key 21'] = x
            a['key 22'] = x
            a['key 23'] = x
            a['key 24'] = x
            a['key 25'] = x
            a['key 26'] = x
            a['key 27'] = x
            a['key 28'] = x
            a['key 29'] = x
            a['key 30'] = x
            a['key 31'] = x
            a['key 32'] = x
            a['key 33'] = x
            a['key 34'] = x
            a['key 35'] = x
            a['key 36'] = x
            a['key 37'] = x
            a['key 38'] = x
            a['key 39'] = x
        finally:
            a[x].other_0 = 0
            a[x].other_1 = 1
            a[x].other_2 = 2
            a[x].other_3 = 3
            a[x].other_4 = 4
            a[x].other_5 = 5
            a[x].other_6 = 6
            a[x].other_7 = 7
            a[x].other_8 = 8
            a[x].other_9 = 9
            a[x].other_10 = 10
            a[x].other_11 = 11
            a[x].other_12 = 12
            a[x].other_13 = 13
            a[x].other_14 = 14
            a[x].other_15 = 15
            a[x].other_16 = 16
            a[x].other_17 = 17
            a[x].other_18 = 18
            a[x].other_19 = 19
            a[x].other_20 = 20
            a[x].other_21 = 21
            a[x].other_22 = 22
            a[x].other_23 = 23
            a[x].other_24 = 24
            a[x].other_25 = 25
            a[x].other_26 = 26
            a[x].other_27 = 27
            a[x].other_28 = 28
            a[x].other_29 = 29
            a[x].other_30 = 30
            a[x].other_31 = 31
            a[x].other_32 = 32
            a[x].other_33 = 33
            a[x].other_34 = 34
            a[x].other_35 = 35
            a[x].other_36 = 36
            a[x].other_37 = 37
            a[x].other_38 = 38
            a[x].other_39 = 39
    while a:
        a = a and a.third_0 or a
        a = a and a.third_1 or a
        a = a and a.third_2 or a
        a = a and a.third_3 or a
        a = a and a.third_4 or a
        a = a and a.third_5 or a
        a = a and a.third_6 or a
        a = a and a.third_7 or a
        a = a and a.third_8 or a
        a = a and a.third_9 or a
        a = a and a.third_10 or a
        a = a and a.third_11 or a
        a = a and a.third_12 or a
        a = a and a.third_13 or a
        a = a and a.third_14 or a
        a = a and a.third_15 or a
        a = a and a.third_16 or a
        a = a and a.third_17 or a
        a = a and a.third_18 or a
        a = a and a.third_19 or a
        a = a and a.third_20 or a
        a = a and a.third_21 or a
        a = a and a.third_22 or a
        a = a and a.third_23 or a
        a = a and a.third_24 or a
        a = a and a.third_25 or a
        a = a and a.third_26 or a
        a = a and a.third_27 or a
        a = a and a.third_28 or a
        a = a and a.third_29 or a
    with a:
        a.fourth_0()
        a.fourth_1()
        a.fourth_2()
        a.fourth_3()
        a.fourth_4()
        a.fourth_5()
        a.fourth_6()
        a.fourth_7()
        a.fourth_8()
        a.fourth_9()
        a.fourth_10()
        a.fourth_11()
        a.fourth_12()
        a.fourth_13()
        a.fourth_14()
        a.fourth_15()
        a.fourth_16()
        a.fourth_17()
        a.fourth_18()
        a.fourth_19()
        a.fourth_20()
        a.fourth_21()
        a.fourth_22()
        a.fourth_23()
        a.fourth_24()
        a.fourth_25()
        a.fourth_26()
        a.fourth_27()
        a.fourth_28()
        a.fourth_29()
        a.fourth_30()
        a.fourth_31()
        a.fourth_32()
        a.fourth_33()
        a.fourth_34()
        a.fourth_35()
        a.fourth_36()
        a.fourth_37()
        a.fourth_38()
        a.fourth_39()
        return a


def many_constants():
    return [
        0.5,
        1.5,
        2.5,
        3.5,
        4.5,
        5.5,
        6.5,
        7.5,
        8.5,
        9.5,
        10.5,
        11.5,
        12.5,
        13.5,
        14.5,
        15.5,
        16.5,
        17.5,
        18.5,
        19.5,
        20.5,
        21.5,
        22.5,
        23.5,
        24.5,
        25.5,
        26.5,
        27.5,
        28.5,
        29.5,
        30.5,
        31.5,
        32.5,
        33.5,
        34.5,
        35.5,
        36.5,
        37.5,
        38.5,
        39.5,
        40.5,
        41.5,
        42.5,
        43.5,
        44.5,
        45.5,
        46.5,
        47.5,
        48.5,
        49.5,
        50.5,
        51.5,
        52.5,
        53.5,
        54.5,
        55.5,
        56.5,
        57.5,
        58.5,
        59.5,
        60.5,
        61.5,
        62.5,
        63.5,
        64.5,
        65.5,
        66.5,
        67.5,
        68.5,
        69.5,
        70.5,
        71.5,
        72.5,
        73.5,
        74.5,
        75.5,
        76.5,
        77.5,
        78.5,
        79.5,
        80.5,
        81.5,
        82.5,
        83.5,
        84.5,
        85.5,
        86.5,
        87.5,
        88.5,
        89.5,
        90.5,
        91.5,
        92.5,
        93.5,
        94.5,
        95.5,
        96.5,
        97.5,
        98.5,
        99.5,
        100.5,
        101.5,
        102.5,
        103.5,
        104.5,
        105.5,
        106.5,
        107.5,
        108.5,
        109.5,
        110.5,
        111.5,
        112.5,
        113.5,
        114.5,
        115.5,
        116.5,
        117.5,
        118.5,
        119.5,
        120.5,
        121.5,
        122.5,
        123.5,
        124.5,
        125.5,
        126.5,
        127.5,
        128.5,
        129.5,
        130.5,
        131.5,
        132.5,
        133.5,
        134.5,
        135.5,
        136.5,
        137.5,
        138.5,
        139.5,
    ]


def many_functions():
    return [
        lambda: 0,
        lambda: 1,
        lambda: 2,
        lambda: 3,
        lambda: 4,
        lambda: 5,
        lambda: 6,
        lambda: 7,
        lambda: 8,
        lambda: 9,
        lambda: 10,
        lambda: 11,
        lambda: 12,
        lambda: 13,
        lambda: 14,
        lambda: 15,
        lambda: 16,
        lambda: 17,
        lambda: 18,
        lambda: 19,
        lambda: 20,
        lambda: 21,
        lambda: 22,
        lambda: 23,
        lambda: 24,
        lambda: 25,
        lambda: 26,
        lambda: 27,
        lambda: 28,
        lambda: 29,
        lambda: 30,
        lambda: 31,
        lambda: 32,
        lambda: 33,
        lambda: 34,
        lambda: 35,
        lambda: 36,
        lambda: 37,
        lambda: 38,
        lambda: 39,
        lambda: 40,
        lambda: 41,
        lambda: 42,
        lambda: 43,
        lambda: 44,
        lambda: 45,
        lambda: 46,
        lambda: 47,
        lambda: 48,
        lambda: 49,
        lambda: 50,
        lambda: 51,
        lambda: 52,
        lambda: 53,
        lambda: 54,
        lambda: 55,
        lambda: 56,
        lambda: 57,
        lambda: 58,
        lambda: 59,
        lambda: 60,
        lambda: 61,
        lambda: 62,
        lambda: 63,
        lambda: 64,
        lambda: 65,
        lambda: 66,
        lambda: 67,
        lambda: 68,
        lambda: 69,
        lambda: 70,
        lambda: 71,
        lambda: 72,
        lambda: 73,
        lambda: 74,
        lambda: 75,
        lambda: 76,
        lambda: 77,
        lambda: 78,
        lambda: 79,
        lambda: 80,
        lambda: 81,
        lambda: 82,
        lambda: 83,
        lambda: 84,
        lambda: 85,
        lambda: 86,
        lambda: 87,
        lambda: 88,
        lambda: 89,
        lambda: 90,
        lambda: 91,
        lambda: 92,
        lambda: 93,
        lambda: 94,
        lambda: 95,
        lambda: 96,
        lambda: 97,
        lambda: 98,
        lambda: 99,
        lambda: 100,
        lambda: 101,
        lambda: 102,
        lambda: 103,
        lambda: 104,
        lambda: 105,
        lambda: 106,
        lambda: 107,
        lambda: 108,
        lambda: 109,
        lambda: 110,
        lambda: 111,
        lambda: 112,
        lambda: 113,
        lambda: 114,
        lambda: 115,
        lambda: 116,
        lambda: 117,
        lambda: 118,
        lambda: 119,
        lambda: 120,
        lambda: 121,
        lambda: 122,
        lambda: 123,
        lambda: 124,
        lambda: 125,
        lambda: 126,
        lambda: 127,
        lambda: 128,
        lambda: 129,
        lambda: 130,
        lambda: 131,
        lambda: 132,
        lambda: 133,
        lambda: 134,
        lambda: 135,
        lambda: 136,
        lambda: 137,
        lambda: 138,
        lambda: 139,
    ]


def many_arguments(f):
    f(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199)
    f.m(k0=0, k1=1, k2=2, k3=3, k4=4, k5=5, k6=6, k7=7, k8=8, k9=9, k10=10, k11=11, k12=12, k13=13, k14=14, k15=15, k16=16, k17=17, k18=18, k19=19, k20=20, k21=21, k22=22, k23=23, k24=24, k25=25, k26=26, k27=27, k28=28, k29=29, k30=30, k31=31, k32=32, k33=33, k34=34, k35=35, k36=36, k37=37, k38=38, k39=39)
    (v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43, v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57, v58, v59, v60, v61, v62, v63, v64, v65, v66, v67, v68, v69, v70, v71, v72, v73, v74, v75, v76, v77, v78, v79, v80, v81, v82, v83, v84, v85, v86, v87, v88, v89, v90, v91, v92, v93, v94, v95, v96, v97, v98, v99, v100, v101, v102, v103, v104, v105, v106, v107, v108, v109, v110, v111, v112, v113, v114, v115, v116, v117, v118, v119, v120, v121, v122, v123, v124, v125, v126, v127, v128, v129) = f
    return v129
