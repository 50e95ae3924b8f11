#pragma once
#include "core/base/precompiled.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
