#pragma once
/// The audit log of the session: life-cycle events or all entries, filtered by text and severity, newest followed until
/// the table is scrolled, exported as CSV.
///
/// Thread: gui. Export and search run on threads of their own; nothing here waits for the disk.
#include "core/frame/auditevent.h"
#include "core/routing/framefeed.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace framescope {

class FileExport;
class AuditModel;
class ExportBar;
class FrameCache;
class VerifyBar;

class AuditPane : public QWidget
{
    Q_OBJECT

public:
    explicit AuditPane(FrameCache* cache, QWidget* parent = nullptr);
    ~AuditPane() override;

    /// Starts anew with the session file in @p sessionPath; empty: no session.
    void open(const QString& sessionPath);
    /// What came live since the last call.
    void append(const framescope::FrameFeed::Delivery& delivery);
    /// A reopened session has entries up to @p lastSeq.
    void showAll(quint64 lastSeq);
    /// Without asking for a name: what exportCsv() does once it has one.
    void exportTo(const QString& path);

public Q_SLOTS:
    void exportCsv();
    /// Recomputes the audit chain of the session, off the gui's thread, and says the result under the table.
    void verify();

Q_SIGNALS:
    void exported(const framescope::AuditEvent& event);
    void frameActivated(quint64 number);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildBar();
    void setUpTable();
    void applyFilter();
    void showCounts();
    void follow();
    void setFollowing(bool following);
    void showOlder();
    bool takeKey(int key);

    AuditModel* m_model;
    QTableView* m_table;
    QPushButton* m_lifeCycle;
    QPushButton* m_all;
    QLineEdit* m_filter;
    QComboBox* m_severity;
    QLabel* m_count;
    QPushButton* m_verifyButton;
    QPushButton* m_exportButton;
    VerifyBar* m_verifyBar;
    ExportBar* m_exportBar;
    FileExport* m_export;
    QTimer m_filterDelay;
    QString m_sessionPath;
    QString m_exportPath;
    bool m_isFollowing = true;
};

} // namespace framescope
